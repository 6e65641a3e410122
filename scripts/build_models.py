"""Rebuild the pose models in ``models/`` from a published npm package.

The package ``@mediapipe/pose`` carries the BlazePose detector and the three landmark networks as
bare TensorFlow Lite files. MediaPipe Tasks wants them in one bundle: an uncompressed zip of the
two networks, each with metadata that says how its input image is normalised. This script fetches
the package with the ordinary ``npm`` client, drops the segmentation branch of the landmark network
(a mask of the person that lastrep never asks for, a third of the work), adds the metadata, zips
with fixed dates and checks every file on the way in and out against known SHA-256 sums, so the
result is the same bytes on every machine. A landmark network whose other outputs are not equal to
the original's to the last bit is not written.

    python scripts/build_models.py                 # lite and full, the ones that ship
    python scripts/build_models.py heavy           # the large one, not kept in the repository
    python scripts/build_models.py --package FILE  # from a package fetched before
    python scripts/build_models.py --stock --out DIR  # with the segmentation branch, to compare
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import flatbuffers  # type: ignore[import-untyped]
import numpy as np
from ai_edge_litert.interpreter import Interpreter
from mediapipe.tasks.metadata import metadata_schema_py_generated as metadata_schema
from mediapipe.tasks.metadata import schema_py_generated as tflite_schema
from numpy.typing import NDArray

from lastrep.pose.models import MODEL_NAMES, SUMS_FILE, bundle_name, read_sums

MODELS_DIR = Path(__file__).resolve().parents[1] / "models"

PACKAGE = "@mediapipe/pose@0.5.1675469404"

#: The package's detector: the "packed assets" are that one TensorFlow Lite file, whole.
DETECTOR = "pose_solution_packed_assets.data"

#: SHA-256 of the package's files.
SOURCE_SUMS = {
    DETECTOR: "a63c614bef30d35947f13be361820b1e4e3bec9cfeebf4d11216a18373108e85",
    "pose_landmark_lite.tflite": "f17bfbecadb61c3be1baa8b8d851cc6619c870a87167b32848ad20db306b9d61",
    "pose_landmark_full.tflite": "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f",
    "pose_landmark_heavy.tflite": (
        "59e42d71bcd44cbdbabc419f0ff76686595fd265419566bd4009ef703ea8e1fe"
    ),
}

#: SHA-256 of the bundles with the segmentation branch.
STOCK_SUMS = {
    "pose_landmarker_lite.task": "06ae63027f8cd8b971625aff146499f4d9346a2db3bacb043f46108ae3361c9d",
    "pose_landmarker_full.task": "de7cbc5355ad2d688460caa6e41bc3d4a4134c31eea012adcd9a0e966e18f91b",
    "pose_landmarker_heavy.task": (
        "8df01675fa7dd4e63709cb873831b30d0c2f107e19171ccf8b498c4ff31fdf7d"
    ),
}

#: How the networks want a pixel 0..255: (v - mean) / std, in the range given.
DETECTOR_INPUT = {"mean": 127.5, "std": 127.5, "low": -1.0, "high": 1.0}
LANDMARK_INPUT = {"mean": 0.0, "std": 255.0, "low": 0.0, "high": 1.0}

#: Shapes of the landmark network's outputs that are not for landmarks: the mask, which is dropped,
#: and the number that stands in for it, "is somebody there".
MASK, PRESENCE = (1, 256, 256, 1), (1, 1)

#: Inputs on which the slim and the original network must agree to the last bit.
COMPARED_INPUTS = 3

#: Zip members carry this date, so that the same content gives the same bytes.
ZIP_DATE = (1980, 1, 1, 0, 0, 0)


def with_image_metadata(
    network: bytes, *, mean: float, std: float, low: float, high: float
) -> bytes:
    """Return the network with metadata for its one RGB input image."""
    content = metadata_schema.ContentT()
    content.contentPropertiesType = metadata_schema.ContentProperties.ImageProperties
    content.contentProperties = metadata_schema.ImagePropertiesT()
    content.contentProperties.colorSpace = metadata_schema.ColorSpaceType.RGB

    normalisation = metadata_schema.ProcessUnitT()
    normalisation.optionsType = metadata_schema.ProcessUnitOptions.NormalizationOptions
    normalisation.options = metadata_schema.NormalizationOptionsT()
    normalisation.options.mean, normalisation.options.std = [mean], [std]

    image = metadata_schema.TensorMetadataT()
    image.name, image.content, image.processUnits = "image", content, [normalisation]
    image.stats = metadata_schema.StatsT()
    image.stats.min, image.stats.max = [low], [high]

    graph = metadata_schema.SubGraphMetadataT()
    graph.inputTensorMetadata = [image]
    description = metadata_schema.ModelMetadataT()
    description.name, description.minParserVersion = "pose", "1.0.0"
    description.subgraphMetadata = [graph]
    packed = flatbuffers.Builder(0)
    packed.Finish(description.Pack(packed), b"M001")

    model = tflite_schema.ModelT.InitFromObj(tflite_schema.Model.GetRootAs(network, 0))
    buffer = tflite_schema.BufferT()
    buffer.data = np.frombuffer(bytes(packed.Output()), np.uint8)
    model.buffers.append(buffer)
    entry = tflite_schema.MetadataT()
    entry.name, entry.buffer = "TFLITE_METADATA", len(model.buffers) - 1
    model.metadata = [*(model.metadata or []), entry]
    rebuilt = flatbuffers.Builder(0)
    rebuilt.Finish(model.Pack(rebuilt), b"TFL3")
    return bytes(rebuilt.Output())


def without_segmentation(network: bytes) -> bytes:
    """Return a landmark network without the mask and the layers that only feed it.

    MediaPipe splits five outputs by their position, so the mask's place is taken by the presence.
    """
    model = tflite_schema.ModelT.InitFromObj(tflite_schema.Model.GetRootAs(network, 0))
    graph = model.subgraphs[0]
    shapes = {int(i): tuple(int(n) for n in graph.tensors[i].shape) for i in graph.outputs}
    presence = next(i for i, shape in shapes.items() if shape == PRESENCE)
    outputs = [presence if shape == MASK else i for i, shape in shapes.items()]
    needed = set(outputs)
    kept = []
    for operator in reversed(graph.operators):
        if needed.intersection(int(i) for i in operator.outputs):
            kept.append(operator)
            needed.update(int(i) for i in operator.inputs)
    graph.operators, graph.outputs = kept[::-1], np.array(outputs, np.int32)
    model.signatureDefs = []  # they name the mask
    rebuilt = flatbuffers.Builder(0)
    rebuilt.Finish(model.Pack(rebuilt), b"TFL3")
    return bytes(rebuilt.Output())


def check_equal(name: str, slim: bytes, original: bytes) -> None:
    """Stop if any output but the mask differs by a bit."""
    random = np.random.default_rng(0)
    networks = [Interpreter(model_content=network) for network in (slim, original)]
    for network in networks:
        network.allocate_tensors()
    for _ in range(COMPARED_INPUTS):
        image = random.random(networks[0].get_input_details()[0]["shape"], np.float32)
        ours, theirs = (_outputs(network, image) for network in networks)
        if any(not np.array_equal(ours[shape], theirs[shape]) for shape in theirs.keys() - {MASK}):
            sys.exit(f"{name}: without its segmentation branch the landmarks differ")


def _outputs(
    network: Interpreter, image: NDArray[np.float32]
) -> dict[tuple[int, ...], NDArray[Any]]:
    """Run a network; its outputs by shape."""
    network.set_tensor(network.get_input_details()[0]["index"], image)
    network.invoke()
    return {
        tuple(int(n) for n in output["shape"]): network.get_tensor(output["index"])
        for output in network.get_output_details()
    }


def bundle(detector: bytes, landmarks: bytes) -> dict[str, bytes]:
    """Return the members of a Tasks bundle by name."""
    return {
        "pose_detector.tflite": with_image_metadata(detector, **DETECTOR_INPUT),
        "pose_landmarks_detector.tflite": with_image_metadata(landmarks, **LANDMARK_INPUT),
    }


def write_bundle(path: Path, members: dict[str, bytes]) -> None:
    """Write the members as an uncompressed zip: MediaPipe maps them straight from the file."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, ZIP_DATE), content)


def fetch_package(folder: Path) -> Path:
    """Fetch the npm package into a folder and return the archive's path."""
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm is not installed: install it, or give the package with --package FILE")
    subprocess.run([npm, "pack", PACKAGE], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return next(folder.glob("*.tgz"))


def read_member(archive: tarfile.TarFile, name: str) -> bytes:
    """Return one file of the package, checked."""
    member = archive.extractfile(f"package/{name}")
    if member is None:
        sys.exit(f"{name} is not in the package {PACKAGE}")
    content = member.read()
    check(name, content, SOURCE_SUMS[name])
    return content


def check(name: str, content: bytes, expected: str) -> None:
    """Stop if the content has another checksum than expected."""
    actual = hashlib.sha256(content).hexdigest()
    if actual != expected:
        sys.exit(f"{name}: SHA-256 is {actual}, expected {expected}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Rebuild the pose models from an npm package.")
    parser.add_argument("models", nargs="*", default=["lite", "full"], metavar="lite|full|heavy")
    parser.add_argument("--package", type=Path, help=f"archive of {PACKAGE}, fetched before")
    parser.add_argument("--out", type=Path, default=MODELS_DIR, help="folder to write to")
    parser.add_argument("--stock", action="store_true", help="keep the segmentation branch")
    args = parser.parse_args()
    if args.stock and args.out.resolve() == MODELS_DIR:
        parser.error("--stock needs another --out: lastrep uses the slim models")
    if unknown := set(args.models) - set(MODEL_NAMES):
        parser.error(f"no such model: {', '.join(sorted(unknown))}")

    sums = STOCK_SUMS if args.stock else read_sums(MODELS_DIR / SUMS_FILE)
    with tempfile.TemporaryDirectory() as folder:
        package = args.package or fetch_package(Path(folder))
        with tarfile.open(package) as archive:
            detector = read_member(archive, DETECTOR)
            for name in args.models:
                landmarks = read_member(archive, f"pose_landmark_{name}.tflite")
                if not args.stock:
                    slim = without_segmentation(landmarks)
                    check_equal(name, slim, landmarks)
                    landmarks = slim
                built = Path(folder) / bundle_name(name)
                write_bundle(built, bundle(detector, landmarks))
                check(built.name, built.read_bytes(), sums[built.name])
                shutil.move(built, args.out / built.name)
                print(f"{args.out / built.name}: as expected, {sums[built.name]}")


if __name__ == "__main__":
    main()
