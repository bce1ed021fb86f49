"""Hidden grader of `load_classifier`."""

import io
import os
import tempfile

import joblib
import keras
import numpy as np

from grading_engine.grader import accepted_variant, known_mistake
from grading_engine.sandbox.wire import Folder

# In float32 and by another process sums differ in their last bits; other weights move predictions by some tenths.
ROUNDING = {"rtol": 0.0, "atol": 1e-5}


def reference(folder):
    # It would also be asked by a student's code, and a pickle runs what its author likes: the tests know the answers.
    raise ValueError("folder: files are not loaded for you here")


def network(rng, input_shape, num_classes):
    model = keras.Sequential([
        keras.Input(input_shape),
        keras.layers.Conv2D(3, 2, activation="relu"),
        keras.layers.Flatten(),
        keras.layers.Dense(num_classes, activation="softmax"),
    ])
    model.set_weights([rng.normal(scale=0.5, size=weight.shape) for weight in model.get_weights()])
    return model


def as_file(model):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.keras")
        model.save(path)
        with open(path, "rb") as file:
            return file.read()


def as_joblib(scaler):
    file = io.BytesIO()
    joblib.dump(scaler, file)
    return file.getvalue()


def must_load(student, rng, right_model, right_scaler, more=()):
    images = rng.normal(size=(2, *right_model.input_shape[1:])).astype(np.float32)

    def facts(model, scaler):
        # A model for other images may be made to take a lot of work.
        fits = isinstance(model, keras.Model) and model.input_shape == right_model.input_shape
        return {"the first value is a Keras model": isinstance(model, keras.Model),
                "what the model predicts": np.asarray(model(images)) if fits else None,
                "the second value": "a Keras model" if isinstance(scaler, keras.Model) else scaler}

    def loaded(load_classifier, folder):
        model, scaler = load_classifier(folder)
        return facts(model, scaler)

    folder = Folder({"model.keras": as_file(right_model), "scaler.joblib": as_joblib(right_scaler), **dict(more)})
    student.load_classifier.must_return(facts(right_model, right_scaler), folder, through=loaded, **ROUNDING)


def test_model_and_scaler(student, rng):
    """the model, with its weights, and the scaler"""
    must_load(student, rng, network(rng, (4, 3, 2), 3), (rng.normal(size=3), 4.0 + rng.normal(size=3)))


def test_among_other_files(student, rng):
    """from a folder with other files: a functional model that was compiled, and a scaler that is a dict"""
    layers = network(rng, (3, 5, 1), 4)
    model = keras.Model(layers.inputs, layers.outputs)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    must_load(student, rng, model, {"mean": rng.normal(size=2), "std": 1.5},
              {"best.keras": as_file(network(rng, (3, 5, 1), 4)), "notes.txt": b"a note"})


@known_mistake("They come the wrong way round: the model first, then the scaler.")
def scaler_first(folder):
    return (joblib.load(os.path.join(folder, "scaler.joblib")),
            keras.models.load_model(os.path.join(folder, "model.keras")))


@known_mistake("The first .keras file of the folder is loaded, whatever its name: it is model.keras that is meant.")
def any_model(folder):
    name = min(name for name in os.listdir(folder) if name.endswith(".keras"))
    return keras.models.load_model(os.path.join(folder, name)), joblib.load(os.path.join(folder, "scaler.joblib"))


@known_mistake("They come in a dict: return the two, model first, then the scaler.")
def in_a_dict(folder):
    return {"model": keras.models.load_model(os.path.join(folder, "model.keras")),
            "scaler": joblib.load(os.path.join(folder, "scaler.joblib"))}


@accepted_variant
def as_a_list(folder):
    with open(os.path.join(folder, "scaler.joblib"), "rb") as file:
        scaler = joblib.load(file)
    model = keras.saving.load_model(os.path.join(folder, "model.keras"))
    return [model, scaler]


@accepted_variant
def with_pathlib(folder):
    from pathlib import Path
    folder = Path(folder)
    return keras.models.load_model(folder / "model.keras", compile=False), joblib.load(folder / "scaler.joblib")
