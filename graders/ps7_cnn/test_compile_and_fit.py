"""Hidden grader of `compile_and_fit`.

What does not depend on the order of the images is compared number by number: one batch of all of them, or copies of one
image.  The order follows from the seed: a single test looks at the result that it leads to.
"""

import keras
import numpy as np

from course_lib.compare import kind_of
from grading_engine.grader import accepted_variant, known_mistake, slip
from grading_engine.memory import expected

# Keras computes in float32, where sums in another order differ by some 1e-7; the nearest wrong result is 1e-3 away.
CLOSE = {"rtol": 1e-4, "atol": 1e-5}


def reference(model, x, y, optimizer, epochs, batch_size, validation_data=None, seed=0):
    # Submissions' code may ask for it too: keep it small.
    if epochs * len(x) > 20_000:
        raise ValueError("epochs and x make a training that is too long")
    return trained(model, x, y, optimizer, epochs, batch_size, validation_data, seed, shuffle=True)


def in_their_old_order(model, x, y, optimizer, epochs, batch_size, validation_data=None, seed=0):
    return trained(model, x, y, optimizer, epochs, batch_size, validation_data, seed, shuffle=False)


def trained(model, x, y, optimizer, epochs, batch_size, validation_data, seed, shuffle):
    keras.utils.set_random_seed(seed)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model.fit(x, y, batch_size, epochs, verbose=0, validation_data=validation_data, shuffle=shuffle)


def classifier(rng, shape, num_classes):
    """Return a model for images of this shape, whose weights no initialiser has made."""
    # With names: numbered ones would make another model of it each time, whose training nobody remembers.
    model = keras.Sequential([keras.Input(shape, name="image"), keras.layers.Flatten(name="pixels"),
                              keras.layers.Dense(num_classes, "softmax", name="classes")], name="classifier")
    model.set_weights([rng.normal(scale=0.3, size=weights.shape) for weights in model.get_weights()])
    return model


def data(rng, m, shape, num_classes):
    # Powers of 2, which are multiplied without an error: so two images have the same sums in either order, bit by bit.
    return rng.choice(np.float32([-2, -1, -0.5, 0.5, 1, 2]), (m, *shape)), rng.permutation(m) % num_classes


def outcome(fit, model, *args):
    """What is returned, and what has become of the model."""
    answer = fit(model, *args)
    # The student's History arrives as its dict.
    history = answer.history if isinstance(answer, keras.callbacks.History) else answer
    returned, history = ("what fit returns", history) if isinstance(history, dict) else (kind_of(history), {})
    names = ["loss", "accuracy", "val_loss", "val_accuracy"] if len(args) > 5 else ["loss", "accuracy"]
    kernel, bias = model.get_weights()
    return {
        "what is returned": returned,
        "missing in the history": ", ".join(name for name in names if name not in history),
        **{f"{name} of the epochs": np.array(history.get(name, ()), dtype=float) for name in names},
        "the trained model's weights": kernel, "the trained model's biases": bias,
    }


def test_all_images_in_one_batch(student, rng):
    """the loss and the accuracy of every epoch, and the model that was handed in trained, by SGD on whole batches"""
    student.compile_and_fit.must_match(reference, classifier(rng, (2, 3, 1), 4), *data(rng, 2, (2, 3, 1), 4), "sgd", 3,
                                       2, through=outcome, **CLOSE)


def test_mini_batches(student, rng):
    """Adam on mini-batches with a smaller last one, tested on other images, for a model that was compiled otherwise"""
    model, (images, labels) = classifier(rng, (3, 1, 2), 3), data(rng, 1, (3, 1, 2), 3)
    model.compile(keras.optimizers.SGD(0.3, name="before"), "sparse_categorical_crossentropy", metrics=["accuracy"])
    student.compile_and_fit.must_match(reference, model, np.repeat(images, 5, axis=0), np.repeat(labels, 5), "adam", 2,
                                       2, data(rng, 7, (3, 1, 2), 3), through=outcome, **CLOSE)


def weights_after(fit, model, *args):
    fit(model, *args)
    return np.concatenate([weights.ravel() for weights in model.get_weights()])


# So that no call before has set it by chance.
SEED = 40_321


def with_two_seeds(fit, model, x, y):
    """Tell from two results, with a seed and without one, where the order of the images comes from."""
    start, training = model.get_weights(), (x, y, "sgd", 1, 2)

    def known(function, seed):
        return expected(function, (model, *training, None, seed), weights_after)

    of_the_seed, of_zero, unshuffled = known(reference, SEED), known(reference, 0), known(in_their_old_order, 0)
    # Known mistakes run in this process, where somebody may have set a seed.
    keras.utils.set_random_seed(1)
    first = weights_after(fit, model, *training, None, SEED)
    model.set_weights(start)
    second = weights_after(fit, model, *training)
    source = "something else"
    if np.allclose(first, of_the_seed, **CLOSE):
        right = np.allclose(second, of_zero, **CLOSE)
        source = "the seed, which is 0 when none is given" if right else "the seed, which is not 0 when none is given"
    elif np.allclose(first, unshuffled, **CLOSE):
        source = "the order that they have"
    elif np.allclose(second, of_the_seed, **CLOSE):
        source = "the seed of the call before"
    return {"what the order of the images follows from": source}


def test_seed(student, rng):
    """the order of the images follows from the seed, which is 0 when none is given"""
    # So many images that no two seeds lead to the same batches by chance, which the numbers keep apart.
    x, y = data(rng, 15, (2, 2, 1), 3)
    student.compile_and_fit.must_match(reference, classifier(rng, (2, 2, 1), 3), 4 * x, y, through=with_two_seeds,
                                       **CLOSE)


@accepted_variant
def step_by_step(model, x, y, optimizer, epochs, batch_size, validation_data=None, seed=0):
    import keras

    keras.utils.set_random_seed(seed)
    model.compile(optimizer=optimizer, loss=keras.losses.SparseCategoricalCrossentropy(), metrics=["accuracy"])
    history = model.fit(x, y, epochs=epochs, batch_size=batch_size, validation_data=validation_data, verbose=0)
    return history  # noqa: RET504 - known mistakes have something between the two


@accepted_variant
def seed_after_compiling(model, x, y, optimizer, epochs, batch_size, validation_data=None, seed=0):
    model.compile(keras.optimizers.get(optimizer), loss="sparse_categorical_crossentropy",
                  metrics=[keras.metrics.SparseCategoricalAccuracy(name="accuracy")])
    keras.utils.set_random_seed(seed)
    return model.fit(x=x, y=y, batch_size=batch_size, epochs=epochs, validation_data=validation_data,
                     verbose=False).history


seed_forgotten = known_mistake(
    "The result does not follow from `seed`: keras.utils.set_random_seed(seed) comes first.")(
    slip(step_by_step, "    keras.utils.set_random_seed(seed)\n", ""))

seed_too_late = known_mistake(
    "The seed is set when the training is over, and counts for the next one only: set it before fit.")(
    slip(slip(step_by_step, "    keras.utils.set_random_seed(seed)\n", ""),
         "    return", "    keras.utils.set_random_seed(seed)\n    return"))

epochs_not_passed = known_mistake("The training is over after one epoch, whatever is asked for: hand `epochs` to fit.")(
    slip(step_by_step, "epochs=epochs, ", ""))

batch_size_not_passed = known_mistake(
    "The batches have 32 images, as Keras makes them by itself: hand `batch_size` to fit.")(
    slip(step_by_step, "batch_size=batch_size, ", ""))

optimizer_ignored = known_mistake("The optimizer is Adam, whatever is asked for: hand `optimizer` to compile.")(
    slip(step_by_step, "optimizer=optimizer", "optimizer='adam'"))

validation_data_ignored = known_mistake(
    "The images to test on are not used: hand `validation_data` to fit, which measures on them after every epoch.")(
    slip(step_by_step, "validation_data=validation_data, ", ""))

metrics_missing = known_mistake("The accuracy is not measured: metrics=['accuracy'].")(
    slip(step_by_step, ", metrics=['accuracy']", ""))

model_returned = known_mistake("The model is returned, which the caller has already; return what fit returns.")(
    slip(step_by_step, "return history", "return model"))

_WRITTEN = "{} model.fit(x, y, epochs=epochs, batch_size=batch_size, validation_data=validation_data, verbose={})"

EQUIVALENT_MUTANTS = {
    f"{_WRITTEN.format(start, 0)}  ->  {_WRITTEN.format(start, verbose)}": "prints a progress bar and trains the same"
    for start in ("return", "history =") for verbose in (1, -1)
} | {"import keras  ->  pass": "the notebook has imported it already"}
