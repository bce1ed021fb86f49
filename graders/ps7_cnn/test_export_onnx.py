"""Hidden grader of `export_onnx`: what a student wrote is only ever run in a sandbox of its own."""

import os

import keras
import numpy as np

from grading_engine.grader import accepted_variant, known_mistake
from grading_engine.sandbox.wire import Folder

# The exercise's own; in float32 right answers differ by some 1e-7.
AGREE = {"rtol": 0.0, "atol": 1e-5}


def reference(model, path):
    if not isinstance(path, Folder):
        # A student's code may ask as well, and it must not say where anything is written here.
        raise ValueError("path: nothing is exported for you here")
    # Keras exports only a model that was used before.
    model(np.zeros((1, *model.input_shape[1:]), np.float32))
    model.export(path, format="onnx", verbose=False)


def network(rng, input_shape, num_classes):
    """Return a model that seems to be trained; the seed makes a copy without its weights the same everywhere."""
    start = keras.initializers.GlorotUniform(seed=4)
    model = keras.Sequential([
        keras.Input(input_shape, name="images"),
        keras.layers.Conv2D(3, 2, activation="relu", kernel_initializer=start, name="filters"),
        keras.layers.BatchNormalization(name="norm"),
        keras.layers.Dropout(0.5, name="dropout"),
        keras.layers.Flatten(name="flat"),
        keras.layers.Dense(num_classes, activation="softmax", kernel_initializer=start, name="classes"),
    ], name="classifier")
    model.set_weights([rng.normal(scale=0.5, size=weight.shape) for weight in model.get_weights()])
    model.get_layer("norm").moving_variance.assign(rng.uniform(0.2, 2.0, size=3))
    return model


def outputs_of(path, *batches):
    import onnxruntime
    try:
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    except Exception:  # noqa: BLE001 - whatever is wrong with the file
        return None
    outputs = []
    for images in batches:
        try:
            outputs.append(session.run(None, {session.get_inputs()[0].name: images})[0])
        except Exception:  # noqa: BLE001 - as above
            outputs.append(None)
    return outputs


def written(export_onnx, model, path):
    export_onnx(model, path)
    return {"files that are there afterwards": ", ".join(sorted(path.files()))}


def must_agree(student, model, *batches):
    """Prove that onnxruntime gets from the file what Keras predicts."""
    def facts(outputs):
        found = {}
        for images, output in zip(batches, outputs, strict=True):
            found[f"onnxruntime can run it on a batch of {len(images)}"] = isinstance(output, np.ndarray)
            found[f"outputs for a batch of {len(images)}"] = output
        return found

    def run(export_onnx, model, path):
        export_onnx(model, path)
        files = path.files()
        outputs = student.elsewhere(outputs_of, Folder(files, "net.onnx"), *batches) if "net.onnx" in files else None
        readable = isinstance(outputs, list) and len(outputs) == len(batches)
        return {"onnxruntime can read the file": readable, **facts(outputs if readable else [None] * len(batches))}

    right = {"onnxruntime can read the file": True, **facts([np.asarray(model(images)) for images in batches])}
    student.export_onnx.must_return(right, model, Folder({}, "net.onnx"), through=run, **AGREE)


def test_same_outputs(student, rng):
    """one file, from which onnxruntime gets what Keras predicts, for one image and for several"""
    # The one network shows where files go; only what the other's file holds is looked at, since that takes its time.
    student.export_onnx.must_match(reference, network(rng, (3, 6, 1), 4), Folder({}, "net.onnx"), through=written)
    batches = [rng.normal(size=(m, 5, 4, 2)).astype(np.float32) for m in (1, 6)]
    must_agree(student, network(rng, (5, 4, 2), 3), *batches)


@known_mistake("The model is saved in another format: format='onnx' has to be said.")
def saved_model(model, path):
    model(np.zeros((1, *model.input_shape[1:]), np.float32))
    model.export(path, verbose=False)


@known_mistake("Something is added to the path: the file's name is given whole.")
def path_made_longer(model, path):
    model(np.zeros((1, *model.input_shape[1:]), np.float32))
    model.export(path + ".onnx", format="onnx", verbose=False)


@known_mistake("The file takes one image at a time: leave the size of a batch open, as None.")
def one_image_only(model, path):
    one = keras.InputSpec(shape=(1, *model.input_shape[1:]), dtype="float32")
    model.export(path, format="onnx", verbose=False, input_signature=[one])


@known_mistake("The file wants its channels first: the input has to be (m, h, w, c), as in Keras.")
def channels_first(model, path):
    h, w, c = model.input_shape[1:]
    inputs = keras.Input((c, h, w))
    turned = keras.Model(inputs, model(keras.layers.Permute((2, 3, 1))(inputs)))
    turned(np.zeros((1, c, h, w), np.float32))
    turned.export(path, format="onnx", verbose=False)


@known_mistake("A fresh copy of the model is exported: keras.models.clone_model does not copy the weights.")
def copy_without_weights(model, path):
    fresh = keras.models.clone_model(model)
    fresh(np.zeros((1, *model.input_shape[1:]), np.float32))
    fresh.export(path, format="onnx", verbose=False)


@known_mistake("The last layer is missing: export the whole model.")
def without_last_layer(model, path):
    body = keras.Model(model.inputs, model.layers[-2].output)
    body(np.zeros((1, *model.input_shape[1:]), np.float32))
    body.export(path, format="onnx", verbose=False)


@accepted_variant
def with_a_signature(model, path):
    images = keras.InputSpec(shape=(None, *model.input_shape[1:]), dtype="float32", name="images")
    model.export(path, format="onnx", input_signature=[images])


@accepted_variant
def put_into_place(model, path):
    unfinished = path + ".part"
    model.export(unfinished, format="onnx")
    os.replace(unfinished, path)


EQUIVALENT_MUTANTS = {
    "model.export(path, format='onnx', verbose=False)  ->  model.export(path, format='onnx', verbose=True)":
        "Keras then prints where it saved the file.",
}
