"""Hidden grader of `save_classifier`: what a student wrote is only ever opened in a sandbox of its own."""

import os

import joblib
import keras
import numpy as np

from grading_engine.grader import accepted_variant, known_mistake
from grading_engine.sandbox.wire import Folder

# In float32 and by another process sums differ in their last bits; other weights move predictions by some tenths.
ROUNDING = {"rtol": 0.0, "atol": 1e-5}


def reference(model, scaler, folder):
    if not isinstance(folder, Folder):
        # A student's code may ask as well, and it must not say where anything is written here.
        raise ValueError("folder: nothing is saved for you here")
    os.makedirs(folder, exist_ok=True)
    model.save(os.path.join(folder, "model.keras"))
    joblib.dump(scaler, os.path.join(folder, "scaler.joblib"))


def network(rng):
    """Return a model that seems to be trained; the seed makes a copy without its weights the same everywhere."""
    start = keras.initializers.GlorotUniform(seed=4)
    model = keras.Sequential([
        keras.Input((4, 3, 2), name="images"),
        keras.layers.Conv2D(3, 2, activation="relu", kernel_initializer=start, name="filters"),
        keras.layers.Flatten(name="flat"),
        keras.layers.Dense(4, activation="softmax", kernel_initializer=start, name="classes"),
    ], name="classifier")
    model.set_weights([rng.normal(size=weight.shape) for weight in model.get_weights()])
    return model


def low_and_high(rng):
    return rng.normal(size=3), 4.0 + rng.normal(size=3)


def predictions_of(folder, images):
    import os

    import keras
    try:
        return np.asarray(keras.models.load_model(os.path.join(folder, "model.keras"))(images))
    except Exception:  # noqa: BLE001 - whatever is wrong with the file
        return None


def scaler_of(folder):
    import os

    import joblib
    try:
        return joblib.load(os.path.join(folder, "scaler.joblib"))
    except Exception:  # noqa: BLE001 - as above
        return None


def written(save_classifier, model, scaler, folder):
    before = folder.files()
    save_classifier(model, scaler, folder)
    after = folder.files()
    kept = [name for name, content in before.items() if after.get(name) == content]
    return {"files that are there afterwards": ", ".join(sorted(after)),
            "files that stayed as they were": ", ".join(sorted(kept))}


def what_is_in(student, folder, name, function, *args):
    """Return what a function sees in one of a folder's files, which is all that it gets."""
    files = folder.files()
    return student.elsewhere(function, Folder({name: files[name]}), *args) if name in files else None


def must_keep_scaler(student, model, scaler):
    def opened(save_classifier, *args):
        save_classifier(*args)
        loaded = what_is_in(student, args[-1], "scaler.joblib", scaler_of)
        return {"joblib can load scaler.joblib": loaded is not None, "what is in scaler.joblib": loaded}

    right = {"joblib can load scaler.joblib": True, "what is in scaler.joblib": scaler}
    student.save_classifier.must_return(right, model, scaler, Folder({}), through=opened)


def must_keep_model(student, model, scaler, images):
    def opened(save_classifier, *args):
        save_classifier(*args)
        predictions = what_is_in(student, args[-1], "model.keras", predictions_of, images)
        return {"Keras can load model.keras": isinstance(predictions, np.ndarray),
                "what the model in model.keras predicts": predictions}

    right = {"Keras can load model.keras": True, "what the model in model.keras predicts": np.asarray(model(images))}
    student.save_classifier.must_return(right, model, scaler, Folder({}), through=opened, **ROUNDING)


def test_both_files(student, rng):
    """model.keras and scaler.joblib, from which both can be loaded again"""
    model, scaler = network(rng), low_and_high(rng)
    student.save_classifier.must_match(reference, model, scaler, Folder({}), through=written)
    must_keep_model(student, model, scaler, rng.normal(size=(3, 4, 3, 2)).astype(np.float32))
    must_keep_scaler(student, model, scaler)


def test_new_folder(student, rng):
    """a folder that is not there yet, also inside another one that is not there"""
    model, scaler = network(rng), low_and_high(rng)
    for place in ("digits", "runs/third"):
        student.save_classifier.must_match(reference, model, scaler, Folder({}, place), through=written)


def test_folder_in_use(student, rng):
    """a folder with files of an earlier run: these two are replaced, others stay"""
    old = Folder({"model.keras": b"an old model", "scaler.joblib": b"an old scaler", "notes.txt": b"a note"})
    student.save_classifier.must_match(reference, network(rng), low_and_high(rng), old, through=written)


def test_other_scaler(student, rng):
    """a scaler of another kind, here a dict with numbers and names"""
    scaler = {"mean": rng.normal(size=2), "std": 1.5, "names": ["width", "height"]}
    must_keep_scaler(student, network(rng), scaler)


@known_mistake("The scaler is not saved: joblib.dump(scaler, path) writes it.")
def no_scaler(model, scaler, folder):
    os.makedirs(folder, exist_ok=True)
    model.save(os.path.join(folder, "model.keras"))


@known_mistake("Only the weights are saved, without the layers: model.save writes both.")
def weights_only(model, scaler, folder):
    os.makedirs(folder, exist_ok=True)
    model.save_weights(os.path.join(folder, "model.weights.h5"))
    joblib.dump(scaler, os.path.join(folder, "scaler.joblib"))


@known_mistake("The scaler's file is called scaler.pkl; it should be scaler.joblib.")
def other_name(model, scaler, folder):
    os.makedirs(folder, exist_ok=True)
    model.save(os.path.join(folder, "model.keras"))
    joblib.dump(scaler, os.path.join(folder, "scaler.pkl"))


@known_mistake("A fresh copy of the model is saved: keras.models.clone_model does not copy the weights.")
def copy_without_weights(model, scaler, folder):
    os.makedirs(folder, exist_ok=True)
    keras.models.clone_model(model).save(os.path.join(folder, "model.keras"))
    joblib.dump(scaler, os.path.join(folder, "scaler.joblib"))


@known_mistake("The layers are written without the weights: to_json is the model's description only.")
def description_only(model, scaler, folder):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "model.keras"), "w") as file:
        file.write(model.to_json())
    joblib.dump(scaler, os.path.join(folder, "scaler.joblib"))


@known_mistake("What an earlier run left is kept: write the files whether or not the folder was there.")
def only_into_new_folders(model, scaler, folder):
    if not os.path.exists(os.path.join(folder, "model.keras")):
        os.makedirs(folder, exist_ok=True)
        model.save(os.path.join(folder, "model.keras"))
        joblib.dump(scaler, os.path.join(folder, "scaler.joblib"))


@accepted_variant
def with_an_open_file(model, scaler, folder):
    if not os.path.isdir(folder):
        os.makedirs(folder)
    model.save(f"{folder}/model.keras")
    with open(f"{folder}/scaler.joblib", "wb") as file:
        joblib.dump(scaler, file)


@accepted_variant
def with_pathlib(model, scaler, folder):
    from pathlib import Path
    Path(folder).mkdir(parents=True, exist_ok=True)
    keras.saving.save_model(model, Path(folder) / "model.keras")
    joblib.dump(scaler, Path(folder) / "scaler.joblib", compress=3)
