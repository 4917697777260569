"""Builds web pages by npm, from their lock."""

from pathlib import Path

from gonogo.provision.step import StepFailed, run_program

BUILT = Path("dist") / "index.html"


def build_page(page: Path) -> None:
    """Install the packages of the page's lock and build the page.

    Raises:
        StepFailed: npm cannot be started, refuses the version of Node.js, or the build fails.
    """
    if not (page / "package-lock.json").is_file():
        raise StepFailed(f"there is no {page / 'package-lock.json'}: run `npm install` in {page}")
    # Strict: an unsupported version of Node.js fails here, with a clear message.
    run_program(["npm", "ci", "--no-audit", "--no-fund", "--engine-strict"], cwd=page)
    run_program(["npm", "run", "build"], cwd=page)
    if not (page / BUILT).is_file():
        raise StepFailed(f"`npm run build` in {page} did not make {BUILT}")
