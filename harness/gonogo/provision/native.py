"""Builds native modules in Rust (by maturin) and shared objects in C."""

import shutil
from pathlib import Path

from gonogo.provision.step import StepFailed, run_program


def install_native(python: Path, module: Path) -> None:
    """Build a native module and install it.

    Raises:
        StepFailed: it does not build.
    """
    shutil.rmtree(_wheels(module), ignore_errors=True)
    arguments = ["--no-deps", "--force-reinstall", "--no-index", str(native_wheel(python, module))]
    run_program([str(python), "-m", "pip", "install", "--quiet", "--no-input", *arguments])


def native_wheel(python: Path, module: Path) -> Path:
    """The wheel of a native module; it is built if there is none.

    Raises:
        StepFailed: it does not build.
    """
    wheels = _wheels(module)
    if not any(wheels.glob("*.whl")):
        maturin = python.with_name("maturin")
        manifest = module / "Cargo.toml"
        run_program(
            [
                str(maturin), "build", "--release", "--locked", "--quiet", "--out", str(wheels),
                "--manifest-path", str(manifest), "--interpreter", str(python),
            ]
        )  # fmt: skip
    wheel = next(wheels.glob("*.whl"), None)
    if wheel is None:
        raise StepFailed(f"maturin built no wheel for {module}")
    return wheel


def _wheels(module: Path) -> Path:
    return module / "target" / "wheels"


def shared_object(python: Path, source: Path) -> Path:
    """Path of the shared object of a C file: in ``lib`` of the environment."""
    return python.parents[1] / "lib" / f"{source.stem}.so"


def build_shared(python: Path, source: Path) -> None:
    """Compile a C file into a shared object. It replaces the old one, which may be in use.

    Raises:
        StepFailed: it does not compile.
    """
    made = shared_object(python, source)
    draft = made.with_suffix(".new")
    strict = ["-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror"]
    run_program(
        ["cc", *strict, "-fPIC", "-shared", "-o", str(draft), str(source), "-ldl", "-lpthread"]
    )
    draft.replace(made)
