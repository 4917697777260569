"""Web pages, built by npm from their lock."""

from pathlib import Path

from gonogo.provision.step import StepFailed, run_program

BUILT = Path("dist") / "index.html"


def build_page(page: Path) -> None:
    """Install what the page's lock pins and build it.

    Raises:
        StepFailed: npm cannot be started, refuses the version of Node.js, or the build fails.
    """
    if not (page / "package-lock.json").is_file():
        raise StepFailed(f"there is no {page / 'package-lock.json'}: run `npm install` in {page}")
    # Strict: a Node.js that the page's tools do not support fails here, not in their insides.
    run_program(["npm", "ci", "--no-audit", "--no-fund", "--engine-strict"], cwd=page)
    run_program(["npm", "run", "build"], cwd=page)
    if not (page / BUILT).is_file():
        raise StepFailed(f"`npm run build` in {page} left no {BUILT}")
