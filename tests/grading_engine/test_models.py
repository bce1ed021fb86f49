"""Descriptions of networks: a right one comes back bit by bit, and nothing that an attacker writes is built."""

import copy
import json
import math
import random
import struct
import sys

import keras
import numpy as np
import pytest
from keras import layers
from keras.layers import Layer

from grading_engine import models
from grading_engine.sandbox import keras_values, wire


def sent(description):
    """What arrives of a description that crosses the bridge."""
    frame = wire.encode({"model": description})
    header, _ = struct.unpack(">II", frame[:8])
    return wire.decode(frame[8:8 + header], frame[8 + header:])["model"]


def there_and_back(model):
    return models.built(sent(keras_values.described(model)))


def sequential(*parts, shape=(4,), **compiled):
    model = keras.Sequential([keras.Input(shape), *parts])
    if compiled:
        model.compile(**compiled)
    return model


def functional(shape, body):
    inputs = keras.Input(shape)
    return keras.Model(inputs, body(inputs))


def two_branches(x):
    left, right = layers.Dense(3, activation="relu")(x), layers.Dense(3)(x)
    return layers.Dense(2, activation="softmax")(layers.Concatenate()([layers.Add()([left, right]), x]))


def residual(x):
    inside = layers.BatchNormalization()(layers.Conv2D(2, 3, padding="same", use_bias=False)(x))
    out = layers.Multiply()([layers.Maximum()([inside, x]), layers.Average()([inside, x])])
    return layers.Dense(2, activation="softmax")(layers.GlobalAveragePooling2D()(layers.ReLU()(out)))


def attention(x):
    return layers.LayerNormalization()(layers.Add()([x, layers.MultiHeadAttention(2, 3)(x, x)]))


def one_layer_twice(x):
    shared = layers.Dense(4, activation="tanh")
    return layers.Subtract()([shared(x), shared(shared(x))])


def always_dropping(x):
    return layers.Dense(2)(layers.Dropout(0.5)(x, training=True))


def a_network_in_it(x):
    inner = keras.Input((4,))
    return layers.Dense(2)(keras.Model(inner, layers.Dense(3)(inner))(x))


def made_of_settings():
    return sequential(layers.Dense(
        4, kernel_initializer="he_normal", bias_initializer=keras.initializers.Constant(0.1),
        kernel_regularizer=keras.regularizers.L1L2(0.1, 0.2), bias_regularizer="l2",
        kernel_constraint=keras.constraints.MaxNorm(2)),
        layers.Dense(4, kernel_initializer="identity", trainable=False))


RIGHT = {
    "dense net": lambda: sequential(layers.Flatten(), layers.Dense(5, activation="relu"), layers.Dense(3, "softmax"),
                                    shape=(4, 4, 1)),
    "cnn": lambda: sequential(layers.Conv2D(2, 3, activation="relu"), layers.MaxPooling2D(2), layers.Flatten(),
                              layers.Dropout(0.3), layers.Dense(3, activation="softmax"), shape=(8, 8, 1)),
    "activation as a function": lambda: sequential(layers.Dense(3, activation=keras.activations.relu)),
    "activation as a layer": lambda: sequential(layers.Dense(3, activation=layers.LeakyReLU(0.2))),
    "layers of activations": lambda: sequential(layers.Conv2D(2, 3), layers.PReLU(), layers.ELU(), layers.Softmax(),
                                                layers.Activation("gelu"), shape=(4, 4, 1)),
    "normalization": lambda: sequential(layers.Conv2D(4, 3), layers.BatchNormalization(), layers.LayerNormalization(),
                                        layers.GroupNormalization(2), layers.ReLU(), shape=(4, 4, 1)),
    "lstm": lambda: sequential(layers.LSTM(4, return_sequences=True), layers.GRU(3, return_sequences=True),
                               layers.SimpleRNN(2), shape=(5, 3)),
    "both directions": lambda: sequential(layers.Bidirectional(layers.LSTM(4)), layers.Dense(2), shape=(5, 3)),
    "augmentation": lambda: sequential(
        layers.Rescaling(1 / 255), layers.RandomFlip("horizontal"), layers.RandomRotation(0.1), layers.RandomZoom(0.1),
        layers.RandomTranslation(0.1, 0.1), layers.RandomContrast(0.1), layers.RandomBrightness(0.1),
        layers.CenterCrop(6, 6), layers.Flatten(), layers.Dense(2), shape=(8, 8, 3)),
    "sizes change": lambda: sequential(
        layers.ZeroPadding2D(1), layers.UpSampling2D(2), layers.Cropping2D(1), layers.SeparableConv2D(3, 2),
        layers.DepthwiseConv2D(2), layers.Conv2DTranspose(2, 2), layers.AveragePooling2D(2),
        layers.SpatialDropout2D(0.1), layers.GaussianNoise(0.1), layers.Flatten(), layers.Reshape((-1, 2)),
        layers.Permute((2, 1)),
        layers.GlobalMaxPooling1D(), layers.RepeatVector(3), shape=(4, 4, 2)),
    "initializers, regularizers, constraints": made_of_settings,
    "one network in another": lambda: sequential(sequential(layers.Dense(3)), layers.Dense(1)),
    "half the precision": lambda: sequential(layers.Dense(3, dtype="mixed_float16")),
    "branches": lambda: functional((4,), two_branches),
    "residual": lambda: functional((4, 4, 2), residual),
    "attention": lambda: functional((4, 6), attention),
    "one layer in two places": lambda: functional((4,), one_layer_twice),
    "an option of a call": lambda: functional((4,), always_dropping),
    "a functional network in another": lambda: functional((4,), a_network_in_it),
    "mobile": lambda: sequential(*[layers.SeparableConv2D(64, 3, padding="same", activation="relu") for _ in range(6)],
                                 layers.GlobalAveragePooling2D(), layers.Dense(10), shape=(64, 64, 3)),
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_network_comes_back_bit_by_bit(name):
    model = RIGHT[name]()
    rng = np.random.default_rng(0)
    model.set_weights([rng.normal(size=weight.shape) for weight in model.get_weights()])
    back = there_and_back(model)
    assert [weight.tobytes() for weight in back.get_weights()] == [weight.tobytes() for weight in model.get_weights()]
    assert json.dumps(back.get_config()) == json.dumps(model.get_config())
    assert type(back) is type(model)
    assert not back.compiled


def test_it_computes_what_the_original_does():
    model = functional((4, 4, 2), residual)
    x = np.random.default_rng(0).normal(size=(3, 4, 4, 2)).astype(np.float32)
    np.testing.assert_array_equal(there_and_back(model)(x), model(x))


def test_weights_that_are_no_numbers_come_back_as_well():
    model = sequential(layers.Dense(3))
    model.set_weights([np.array([[-0.0, np.inf, np.nan]] * 4, np.float32), np.zeros(3)])
    assert there_and_back(model).get_weights()[0].tobytes() == model.get_weights()[0].tobytes()


@pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW", "Adamax", "Nadam", "RMSprop", "Adagrad", "Adadelta", "Ftrl",
                                  "Lion"])
def test_optimizers_keep_their_settings(name):
    optimizer = getattr(keras.optimizers, name)(0.0123)
    model = sequential(layers.Dense(3, "softmax"), optimizer=optimizer, loss="sparse_categorical_crossentropy",
                       metrics=["accuracy"])
    back = there_and_back(model)
    assert back.compiled
    assert back.get_compile_config() == model.get_compile_config()
    assert type(back.optimizer) is type(optimizer)
    assert back.optimizer.get_config() == optimizer.get_config()


@pytest.mark.parametrize("schedule", [
    keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9), keras.optimizers.schedules.CosineDecay(0.1, 10),
    keras.optimizers.schedules.PiecewiseConstantDecay([1, 2], [0.1, 0.2, 0.3]),
    keras.optimizers.schedules.PolynomialDecay(0.1, 10), keras.optimizers.schedules.InverseTimeDecay(0.1, 10, 0.5),
    keras.optimizers.schedules.CosineDecayRestarts(0.1, 10)], ids=lambda schedule: type(schedule).__name__)
def test_schedules_losses_and_metrics_keep_their_settings(schedule):
    model = sequential(layers.Dense(3, "softmax"), optimizer=keras.optimizers.Adam(schedule, clipnorm=1.0),
                       loss=keras.losses.SparseCategoricalCrossentropy(),
                       metrics=[keras.metrics.SparseCategoricalAccuracy(), "accuracy"])
    assert there_and_back(model).get_compile_config() == model.get_compile_config()


def test_networks_within_an_answer_are_built_too():
    description = keras_values.described(sequential(layers.Dense(3)))
    pair, listed = models.built(((description, 1), [{"net": description}]))
    assert models.is_model(pair[0])
    assert models.is_model(listed[0]["net"])
    assert pair[1] == 1


# What an attacker writes: parts of a configuration, put together by hand.

def part(kind, module="keras.layers", registered=None, **config):
    return {"module": module, "class_name": kind, "config": config, "registered_name": registered}


def chain(*parts, shape=(4,), batch=None):
    start = part("InputLayer", batch_shape=[batch, *shape], dtype="float32", name="start")
    return {"class_name": "Sequential", "config": {"name": "net", "layers": [start, *parts]}}


def inner(*parts, shape=(4,)):
    return {**chain(*parts, shape=shape), "module": "keras", "registered_name": None}


def tensor(name, *shape, call=0):
    return {"class_name": "__keras_tensor__",
            "config": {"shape": [None, *shape], "dtype": "float32", "keras_history": [name, call, 0]}}


def called(kind, name, *calls, module="keras.layers", **config):
    return {**part(kind, module, name=name, **config), "name": name, "inbound_nodes": list(calls)}


def on(*args, **kwargs):
    return {"args": list(args), "kwargs": kwargs}


def graph(*parts, out, shape=(4,)):
    start = {**part("InputLayer", batch_shape=[None, *shape], dtype="float32", name="start"), "name": "start",
             "inbound_nodes": []}
    return {"class_name": "Functional", "config": {"name": "net", "layers": [start, *parts],
                                                   "input_layers": ["start", 0, 0], "output_layers": [out, 0, 0]}}


def dense_of(*numbers):
    """The weights of a Dense layer."""
    return [np.zeros(numbers, np.float32), np.zeros(numbers[-1], np.float32)]


def refusal(config, weights=(), compiled=""):
    config = config if isinstance(config, str) else json.dumps(config)
    with pytest.raises(models.Refused) as refused:
        models.built(wire.Model(config, compiled if isinstance(compiled, str) else json.dumps(compiled), list(weights)))
    message = str(refused.value)
    assert message.isprintable()
    assert len(message) < 300
    return message


def test_the_tools_of_these_attacks_make_networks_when_nothing_is_wrong():
    models.built(wire.Model(json.dumps(chain(part("Dense", units=3))), "", dense_of(4, 3)))
    models.built(wire.Model(json.dumps(chain(inner(part("Dense", units=3)))), "", dense_of(4, 3)))


def test_the_tools_make_networks_of_branches_as_well():
    dense = called("Dense", "d", on(tensor("start", 4)), units=4)
    total = called("Add", "a", on([tensor("d", 4), tensor("start", 4)]))
    models.built(wire.Model(json.dumps(graph(dense, total, out="a")), "", dense_of(4, 4)))


FUNCTION = {"module": "builtins", "class_name": "function", "config": "eval", "registered_name": "eval"}
CODE = {"class_name": "__lambda__", "config": {"value": ["4wEAAAA=", None, None]}}


@pytest.mark.parametrize("foreign", [
    part("Lambda", function=CODE), part("Lambda", function=FUNCTION, arguments={}), FUNCTION, CODE,
    part("Dense", units=3, activation=FUNCTION), part("Dense", units=3, activation=CODE),
    part("Dense", units=3, activation={**FUNCTION, "module": "os", "config": "system", "registered_name": "system"}),
    part("Dense", units=3, kernel_initializer=FUNCTION), part("Dense", units=3, kernel_regularizer=CODE),
    part("LSTM", units=3, recurrent_activation=FUNCTION), part("Activation", activation=FUNCTION),
    part("Dense", "__main__", units=3), part("Dense", "os", units=3), part("Dense", "kerasevil.layers", units=3),
    part("Dense", "keras_hub.layers", units=3), part("Dense", ["keras"], units=3), part("Dense", {}, units=3),
    part("Dense", registered="Custom>Dense", units=3), part("Dense", registered="my>Dense", module=None, units=3),
    part("Dense", registered=["Dense"], units=3), part("Mine", units=3), part("Mine", registered="Custom>Mine"),
    part("StringLookup", vocabulary="/etc/passwd"), part("StringLookup", vocabulary=["a"]),
    part("IntegerLookup", vocabulary="/etc/passwd"), part("TextVectorization", vocabulary="/etc/passwd"),
    part("Hashing", num_bins=3), part("Embedding", input_dim=3, output_dim=2), part("TFSMLayer", filepath="/tmp"),
    part("TorchModuleWrapper", module_="x"), part("RNN", cell=part("LSTMCell", units=2)),
    part("TimeDistributed", layer=part("Dense", units=2)), part("TFSMLayer", "keras.src.export.tfsm_layer"),
    part("load_model", "keras.models", filepath="/etc/passwd"), part("get_file", "keras.utils", fname="x", origin="x"),
    part("Bidirectional", layer=part("Lambda", function=CODE)),
    part("Bidirectional", layer=part("LSTM", "os", units=1)),
    part("Dense", units=3, dtype=part("Policy", "os", name="float32")),
    {"class_name": "__typespec__", "spec_name": "TensorSpec", "module": "os", "registered_name": None, "config": []},
    {"class_name": "__tensor__", "config": {"value": [1.0], "dtype": "float32"}},
    {"class_name": "__numpy__", "config": {"value": [1.0], "dtype": "O"}},
    {"class_name": ["Dense"], "config": {}}, {"class_name": {"a": 1}, "config": {}}, {"class_name": None, "config": {}},
    inner(part("Lambda", function=CODE)),
])
def test_what_is_no_built_in_part_is_refused_wherever_it_stands(foreign):
    words = ("which is not one of the built-in parts", "a function or a Lambda layer")
    assert any(word in refusal(chain(foreign)) for word in words)
    assert any(word in refusal(chain(part("Dense", units=3, bias_constraint={"a": [foreign]}))) for word in words)
    refusal(graph(called("Dense", "d", on(tensor("start", 4), x=[foreign]), units=3), out="d"), dense_of(4, 3))


@pytest.mark.parametrize("kind", ["Mine", "Lambda", None, "", ["Sequential"], {}, 3, "function", "Dense"])
def test_a_class_of_ones_own_is_refused(kind):
    assert "class of its own" in refusal({**chain(part("Dense", units=3)), "class_name": kind}, dense_of(4, 3))


def test_real_classes_of_ones_own_are_refused():
    class Mine(keras.Model):
        def get_config(self):
            return {}

    @keras.saving.register_keras_serializable(package="test_models")
    class Dense(layers.Dense):
        pass

    assert "class of its own (Mine)" in refusal(keras_values.described(Mine()).config)
    assert "uses Dense" in refusal(keras_values.described(sequential(Dense(3))).config)


@pytest.mark.parametrize(("key", "kind"), [("activation", "Dense"), ("recurrent_activation", "LSTM")])
@pytest.mark.parametrize("name", ["mine", "eval", "Custom>mine", "os.system", "RELU", ""])
def test_an_activation_that_is_not_in_the_list_is_refused(kind, key, name):
    assert f"uses the {key} {name}" in refusal(chain(part(kind, units=2, **{key: name}), shape=(3, 4)))


@pytest.mark.parametrize("module", ["keras.src.utils.sequence_utils_that_are_not_there", "keras.src.testing.test_case",
                                    "keras.src.ops.numpy", "keras.utils"])
def test_a_description_chooses_no_module_that_is_imported(module):
    before = set(sys.modules)
    refusal(chain(part("Dense", module, units=3)), dense_of(4, 3))
    assert {name for name in set(sys.modules) - before if name.startswith("keras")} == set()


@pytest.mark.parametrize("text", [
    "", "x", "[]", "1", '"Sequential"', "null", "NaN", "{", "[" * 100_000, '{"a":' * 100_000, "1" * 10_000, "{}",
    '{"class_name": "Sequential"}', '{"class_name": "Sequential", "config": null}',
    '{"class_name": "Sequential", "config": []}', '{"class_name": "Sequential", "config": NaN}',
    '{"class_name": "Sequential", "config": {"layers": []}}', '{"class_name": "Functional", "config": {}}',
    '{"class_name": "Functional", "config": {"layers": 1, "input_layers": 1, "output_layers": 1}}',
    '{"class_name": "Model", "config": {}}', '{"class_name": "Model", "config": {"inputs": 1, "outputs": 2}}',
])
def test_what_is_no_configuration_is_refused(text):
    refusal(text)
    if not text.startswith('{"class_name"') and text not in ("", "{}"):
        assert "without a readable configuration" in refusal(chain(part("Dense", units=3)), dense_of(4, 3), text)


def test_what_is_not_built_is_refused_with_the_remedy():
    assert "keras.Input" in refusal(keras_values.described(keras.Sequential([layers.Dense(3)])).config)


@pytest.mark.parametrize(("config", "words"), [
    (chain(part("Dense", units=3, name="n" * 201)), "longer text"),
    (chain(part("Dense", units=3, name={"a": ["n" * 201]})), "longer text"),
    (chain(part("Dense", units=1, kernel_initializer=part("Constant", "keras.initializers", value=[0.0] * 201))),
     "longer list"),
    (chain(part("Reshape", target_shape=[1] * 201)), "longer list"),
    (chain(*[part("Identity")] * 201), "longer list"),
    (chain(part("Dense", units=json.loads("[" * 60 + "]" * 60))), "nested too deeply"),
    (chain(part("Dense", units=json.loads('{"a":' * 60 + "1" + "}" * 60))), "nested too deeply"),
])
def test_what_is_too_long_or_too_deep_is_refused(config, words):
    assert words in refusal(config, dense_of(4, 1))


def test_layers_within_layers_are_counted(monkeypatch):
    monkeypatch.setattr(models, "MAX_LAYERS", 6)
    two, four = [part("Identity")] * 2, [part("Identity")] * 4
    models.built(wire.Model(json.dumps(chain(inner(*two), part("Dense", units=1))), "", dense_of(4, 1)))
    assert "6 are allowed" in refusal(chain(inner(inner(*four)), *two, part("Dense", units=1)), dense_of(4, 1))


def test_networks_in_networks_in_networks_are_refused():
    config = inner(part("Identity"))
    for _ in range(30):
        config = inner(config)
    assert "nested too deeply" in refusal(config)


@pytest.fixture
def made(monkeypatch):
    """Sizes of the weights that were made; large ones are not made but only noted."""
    sizes, add_weight = [], Layer.add_weight

    def noted(layer, shape=None, *args, **kwargs):
        sizes.append(math.prod(shape or ()))
        assert sizes[-1] <= 10**7
        return add_weight(layer, shape, *args, **kwargs)

    monkeypatch.setattr(Layer, "add_weight", noted)
    return sizes


@pytest.mark.parametrize("greedy", [
    part("Dense", units=10**9), part("Dense", units=10**9, build_config={"input_shape": [None, 4]}),
    {**part("Dense", units=10**9), "build_config": {"input_shape": [None, 10**9]}},
    {**part("Dense", units=3), "build_config": {"input_shape": [None, 10**9]}},
    inner(part("Dense", units=10**9)), inner(inner(part("Dense", units=10**9))),
    part("EinsumDense", equation="ab,bc->ac", output_shape=[10**9]), part("BatchNormalization", axis=-1, units=1),
    part("Dense", units=2, lora_rank=10**6),
])
def test_no_memory_is_taken_for_weights_that_did_not_come_along(made, greedy):
    refusal(chain(greedy), [np.zeros(3)])
    assert sum(made) <= 3


@pytest.mark.parametrize(("greedy", "shape"), [
    (part("LSTM", units=10**5), (4, 4)), (part("Bidirectional", layer=part("GRU", units=10**5)), (4, 4)),
    (part("Conv2D", filters=10**6, kernel_size=10), (16, 16, 4)), (part("PReLU"), (10**5, 10**4)),
    (part("LayerNormalization", axis=[1, 2]), (10**5, 10**4)), (part("Conv3D", filters=9, kernel_size=999), (999,) * 4),
])
def test_nor_for_weights_of_other_layers(made, greedy, shape):
    assert "do not fit together" in refusal(chain(greedy, shape=shape), dense_of(4, 3))
    assert sum(made) <= 2 * 15


def test_more_weights_than_may_be_trained_are_refused_before_they_are_made(made):
    few_bytes = np.zeros((1, models.MAX_PARAMETERS + 1), np.int8)
    message = refusal(chain(part("Dense", units=models.MAX_PARAMETERS + 1, use_bias=False), shape=(1,)), [few_bytes])
    assert "parameters" in message
    assert made == []


@pytest.mark.parametrize("weights", [
    [], [np.zeros((4, 3))], [*dense_of(4, 3), np.zeros(1)], [np.zeros((3, 4)), np.zeros(3)],
    [np.zeros(12), np.zeros(3)], [np.zeros(3), np.zeros((4, 3))], [np.float64(1), np.zeros(14)],
    [np.zeros((4, 0)), np.zeros(99)],
])
def test_weights_that_do_not_fit_are_refused(weights):
    refusal(chain(part("Dense", units=3)), weights)


def test_states_that_are_kept_from_batch_to_batch_are_refused():
    """They are no weights: nothing says how large they may be."""
    weights = [np.zeros((1, 1)), np.zeros((1, 1)), np.zeros(1)]
    state = chain(part("SimpleRNN", units=1, stateful=True), shape=(2, 1), batch=100_000)
    assert "stateful" in refusal(state, weights)


ENORMOUS = part("UpSampling2D", size=[10_000, 10_000])
MEAN = part("GlobalAveragePooling2D")


@pytest.mark.parametrize(("parts", "shape"), [
    ([ENORMOUS, MEAN], (4, 4, 1)), ([part("RepeatVector", n=10**9), part("GlobalMaxPooling1D")], (1,)),
    ([part("ZeroPadding2D", padding=[[10**5, 10**5], [10**5, 10**5]]), MEAN], (4, 4, 1)),
    ([part("UpSampling1D", size=10**9), part("GlobalMaxPooling1D")], (4, 1)),
    ([part("CenterCrop", height=10**5, width=10**5), MEAN], (4, 4, 1)),
    ([part("ZeroPadding1D", padding=10**9), part("GlobalMaxPooling1D")], (4, 1)),
    ([part("Identity")], (10**4, 10**4, 1)), ([part("UpSampling2D", size=100)] * 3 + [MEAN], (1, 1, 1)),
    ([inner(ENORMOUS, MEAN, shape=(4, 4, 1))], (4, 4, 1)),
    ([inner(inner(ENORMOUS, MEAN, shape=(4, 4, 1)), shape=(4, 4, 1))], (4, 4, 1)),
    ([ENORMOUS, MEAN], (None, None, 1)), ([part("ZeroPadding2D", padding=10**5), MEAN], (None, 4, 1)),
])
def test_layers_that_make_enormous_values_are_refused(parts, shape):
    refusal(chain(*parts, shape=shape))


def test_one_layer_that_makes_enormous_values_at_its_second_call_only_is_refused():
    twice = on(tensor("start", 1, 1, 1)), on(tensor("u", 1000, 1000, 1))
    larger = called("UpSampling2D", "u", *twice, size=[1000, 1000])
    mean = called("GlobalAveragePooling2D", "g", on(tensor("u", 10**6, 10**6, 1, call=1)))
    assert "numbers of one sample" in refusal(graph(larger, mean, out="g", shape=(1, 1, 1)))


IMAGE = [[[[1.0]] * 2] * 2]


@pytest.mark.parametrize("layer", [
    called("CenterCrop", "c", on(IMAGE), height=2000, width=2000),
    called("CenterCrop", "c", on(inputs=IMAGE), height=99, width=99),
    called("CenterCrop", "c", on(inputs=[[[[True]]]]), height=99, width=99),
    called("Rescaling", "c", on(IMAGE), scale=2.0, offset=0.0),
    called("Identity", "c", on(inputs=IMAGE)), called("Multiply", "c", on(IMAGE, IMAGE), module="keras.src.ops.numpy"),
    called("Reshape", "c", on(IMAGE), module="keras.src.ops.numpy", newshape=[4]),
    called("Add", "c", on(tensor("start", 4), 1.0), module="keras.src.ops.numpy"),
    called("Multiply", "c", on([IMAGE, tensor("start", 4)])), called("Identity", "c", on()),
    called("Identity", "c", "start"), called("Identity", "c", 1),
    {**called("Identity", "c"), "inbound_nodes": IMAGE}, {**called("Identity", "c"), "inbound_nodes": "start"},
])
def test_a_layer_that_computes_while_the_network_is_built_is_refused(layer):
    """Called on numbers that stand in the description it would, however large the outcome is."""
    dense = called("Dense", "d", on(tensor("start", 4)), units=3)
    refusal(graph(layer, dense, out="d"), dense_of(4, 3))


@pytest.mark.parametrize(("parts", "shape", "weights"), [
    ([part("UpSampling2D", size=100), part("Conv2D", filters=1, kernel_size=1000, padding="same"), MEAN], (4, 4, 1),
     dense_of(1000, 1000, 1, 1)),
    ([part("SeparableConv2D", filters=1, kernel_size=1, depth_multiplier=10**6)], (28, 28, 1),
     [np.zeros((1, 1, 1, 10**6), np.float32), np.zeros((1, 1, 10**6, 1), np.float32), np.zeros(1)]),
    ([part("UpSampling1D", size=10**5), part("SimpleRNN", units=1)], (4, 1),
     [np.zeros((1, 1)), np.zeros((1, 1)), np.zeros(1)]),
    ([part("SimpleRNN", units=1, unroll=True)], (784, 1), [np.zeros((1, 1)), np.zeros((1, 1)), np.zeros(1)]),
])
def test_what_takes_for_ever_or_more_memory_inside_of_a_layer_is_refused(parts, shape, weights):
    """No limit of time or memory holds where the trusted side trains a network."""
    refusal(chain(*parts, shape=shape), weights)


def test_attention_over_too_many_places_is_refused():
    wide = called("UpSampling1D", "u", on(tensor("start", 4, 1)), size=10_000)
    look = called("Attention", "a", on([tensor("u", 40_000, 1), tensor("u", 40_000, 1)]))
    refusal(graph(wide, look, out="a", shape=(4, 1)))


GOOD = chain(part("Dense", units=3))


@pytest.mark.parametrize("compiled", [
    {"optimizer": "adam", "loss": FUNCTION}, {"optimizer": "adam", "loss": CODE},
    {"optimizer": FUNCTION, "loss": "mse"},
    {"optimizer": "adam", "loss": "mse", "metrics": [FUNCTION]}, {"optimizer": "adam", "loss": {"out": [CODE]}},
    {"optimizer": part("Adam", "keras.optimizers", learning_rate=CODE), "loss": "mse"},
    {"optimizer": part("Adam", "keras.optimizers", learning_rate=part("Mine", "__main__")), "loss": "mse"},
    {"optimizer": part("LossScaleOptimizer", "keras.optimizers", inner_optimizer="adam"), "loss": "mse"},
    {"optimizer": part("Adam", "os"), "loss": "mse"}, {"optimizer": part("Mine", "__main__"), "loss": "mse"},
    {"optimizer": part("Adam", "keras.optimizers", registered="Custom>Adam"), "loss": "mse"},
    {"optimizer": "adam", "loss": part("Mine", "keras.losses")},
    {"optimizer": "adam", "loss": part("Dice", "keras.losses")},
    {"optimizer": "adam", "loss": "mse", "metrics": [part("MeanIoU", "keras.metrics", num_classes=10**9)]},
    {"optimizer": "adam", "loss": "mse", "metrics": [part("Accuracy", "__main__")]},
    {"optimizer": "mine", "loss": "mse"}, {"optimizer": "adam", "loss": "mse", "mine": 1},
    {"optimizer": "adam", "loss": "mse", "metrics": ["x" * 201]}, {"optimizer": ["adam"] * 201, "loss": "mse"},
    inner(part("Lambda", function=CODE)), GOOD, {"class_name": "__lambda__", "config": {"value": "x"}},
])
def test_compile_settings_that_are_not_in_the_list_are_refused(compiled):
    refusal(GOOD, dense_of(4, 3), compiled)


def test_a_loss_that_a_student_wrote_is_refused():
    def mine(y_true, y_pred):
        return keras.ops.mean(y_true - y_pred)

    model = sequential(layers.Dense(3), optimizer="sgd", loss=mine)
    with pytest.raises(models.Refused):
        there_and_back(model)


def test_an_exception_without_a_text_is_a_refusal(monkeypatch):
    def fail(description):
        raise NotImplementedError

    monkeypatch.setattr(keras_values, "model", fail)
    assert "cannot build" in refusal(GOOD)


def test_what_keras_does_is_undone_after_a_refusal():
    before = Layer.add_weight
    refusal(chain(part("Dense", units=10**9)))
    assert Layer.add_weight is before


def places(node, path=()):
    """Yield the path of every value of a configuration."""
    if path:
        yield path
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield from places(value, (*path, key))


def changed(config, rng):
    """Change one random place of a configuration."""
    config = copy.deepcopy(config)
    *path, last = rng.choice(list(places(config)))
    node = config
    for key in path:
        node = node[key]
    values = [None, True, 0, -1, 3, 10**6, 2.5, math.nan, "", "x", "relu", "string", "float16", [], {}, [None], [[1]],
              {"class_name": "Dense"}, {"class_name": "Zeros", "config": {}}, {"config": 1}, "channels_first", "adam"]
    values.append(rng.choice(list(node.values()) if isinstance(node, dict) else node))
    node[last] = rng.choice(values)
    if rng.random() < 0.2:
        del node[last]
    return config


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", ["cnn", "residual", "lstm"])
def test_any_description_is_a_network_or_refused(name):
    model = RIGHT[name]()
    model.compile(keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.1, 9)), "mse", metrics=["accuracy"])
    description, rng = keras_values.described(model), random.Random(0)
    for number in range(30):
        config, compiled = json.loads(description.config), json.loads(description.compiled)
        if number % 4:
            config = changed(config, rng)
        else:
            compiled = changed(compiled, rng)
        try:
            built = models.built(wire.Model(json.dumps(config), json.dumps(compiled), description.weights))
        except models.Refused:
            continue
        assert built.count_params() == model.count_params()


def test_a_network_takes_over_what_another_one_learned():
    model, other = sequential(layers.Dense(3)), sequential(layers.Dense(3))
    config = model.get_config()
    models.take_over(model, keras_values.described(other))
    assert model.get_weights()[0].tobytes() == other.get_weights()[0].tobytes()
    assert model.get_config() == config


@pytest.mark.parametrize("after", [
    None, 3, [np.zeros((4, 3)), np.zeros(3)], wire.Unsupported("Sequential"), wire.Model("", "", []),
    wire.Model("", "", [np.zeros((4, 3))]), wire.Model("", "", [np.zeros((3, 4)), np.zeros(3)]),
    wire.Model("", "", [np.zeros(3), np.zeros((4, 3))]), wire.Model("", "", [np.zeros((4, 3)), np.float64(1)]),
    wire.Model("", "", [np.zeros((4, 3)), np.zeros(3), np.zeros(3)]),
])
def test_it_does_not_take_over_what_is_no_such_network(after):
    model = sequential(layers.Dense(3))
    before = [weight.tobytes() for weight in model.get_weights()]
    with pytest.raises(models.Refused, match="changed the layers"):
        models.take_over(model, after)
    assert [weight.tobytes() for weight in model.get_weights()] == before


def test_a_copy_shares_nothing_with_its_original():
    model = sequential(layers.Dense(3), optimizer="adam", loss="mse")
    copied = models.copied(model)
    before = model.get_weights()[0].copy()
    copied.set_weights([np.ones((4, 3)), np.ones(3)])
    np.testing.assert_array_equal(model.get_weights()[0], before)
    assert copied.get_compile_config() == model.get_compile_config()


def test_descriptions_are_the_same_when_layers_and_weights_are():
    model = sequential(layers.Dense(3))
    before = keras_values.described(model)
    assert models.same(before, keras_values.described(model))
    assert not models.same(before, keras_values.described(sequential(layers.Dense(3, name=model.layers[0].name))))
    model.set_weights([weight + 1e-6 for weight in model.get_weights()])
    assert not models.same(before, keras_values.described(model))


def test_only_networks_among_the_arguments_become_descriptions():
    model, rows = sequential(layers.Dense(3)), np.zeros(2)
    crossing = models.crossing([model, rows, "text"])
    assert isinstance(crossing[0], wire.Model)
    assert crossing[1] is rows
    assert models.crossing((rows,)) == [rows]
