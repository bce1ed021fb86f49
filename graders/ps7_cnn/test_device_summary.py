"""Hidden grader of `device_summary`: submissions run where no GPU can be seen, whatever the machine has."""

import tensorflow as tf

from grading_engine.grader import accepted_variant, known_mistake


def reference():
    gpus = tf.config.list_physical_devices("GPU")
    return {"gpus": len(gpus), "names": [gpu.name for gpu in gpus]}


def test_no_gpu(student):
    """where there is no GPU: a count of 0 and an empty list"""
    student.device_summary.must_return({"gpus": 0, "names": []})


# Mistakes are tried on a machine with a GPU as well, so they give there what they give without.


@known_mistake('The CPU is counted and named: ask for the devices of the type "GPU" only.')
def processors():
    devices = tf.config.list_physical_devices("CPU")
    return {"gpus": len(devices), "names": [device.name for device in devices]}


@known_mistake("It says whether TensorFlow could use a GPU, not how many there are: count the physical devices.")
def built_for_gpus():
    return {"gpus": tf.test.is_built_with_cuda(), "names": ["GPU"]}


@accepted_variant
def names_counted():
    names = tuple(gpu.name for gpu in tf.config.experimental.list_physical_devices(device_type="GPU"))
    return {"gpus": len(names), "names": list(names)}


@accepted_variant
def among_all_devices():
    names = [device.name for device in tf.config.get_visible_devices() if "GPU" in device.name]
    return {"names": names, "gpus": len(names)}


EQUIVALENT_MUTANTS = {}
