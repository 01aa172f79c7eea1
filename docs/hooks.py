"""What the pages need beyond Markdown: notebooks, the command's help, a package's names, links out of this folder."""

from __future__ import annotations

import io
import re
from contextlib import redirect_stdout
from importlib import import_module
from pathlib import Path
from typing import Any

import nbformat
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from verbalized_sampling.command import run

ROOT = Path(__file__).parent.parent
_HELP = re.compile(r"^<!-- help: ?([\w -]*?) ?-->$", re.MULTILINE)
_NAMES = re.compile(r"^<!-- names: ([\w.]+) -->$", re.MULTILINE)
_OUTWARD = re.compile(r"\[([^\[\]]*)\]\(((?:\.\./)+[^)]*)\)")
_NOTEBOOK = re.compile(r"\]\(([\w/.-]+)\.ipynb([#)])")
_ROLE = re.compile(r":(?:class|func|meth|mod|data|attr|exc):<code>~?([^<]*)</code>")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Notebooks become pages of the same name."""
    for file in [file for file in files if file.src_path.endswith(".ipynb")]:
        files.remove(file)
        notebook = nbformat.read(Path(config.docs_dir, file.src_path), as_version=4)
        files.append(File.generated(config, file.src_path.replace(".ipynb", ".md"), content=_markdown(notebook)))
    return files


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    config.nav = _without_endings(config.nav)
    return config


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Fills in the help and the names, and leads links out of this folder to the repository."""
    here = Path(config.docs_dir, page.file.src_path).parent

    def outward(match: re.Match[str]) -> str:
        path, hash_, anchor = match[2].partition("#")
        target = (here / path).resolve()
        if target.is_relative_to(Path(config.docs_dir)):
            return match[0]
        if not target.exists():
            raise FileNotFoundError(f"{page.file.src_path} links to {match[2]}")
        inside = target.relative_to(ROOT)
        if not config.repo_url:
            return match[1] if str(inside) in match[1] else f"{match[1]} (`{inside}` in the repository)"
        kind = "tree" if target.is_dir() else "blob"
        return f"[{match[1]}]({config.repo_url}/{kind}/main/{inside}{hash_}{anchor})"

    markdown = _OUTWARD.sub(outward, _NOTEBOOK.sub(r"](\1.md\2", markdown))
    markdown = _HELP.sub(lambda match: f"```text\n{help_of(*match[1].split())}\n```", markdown)
    return _NAMES.sub(lambda match: _names(match[1]), markdown)


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Docstrings name things by the roles of reStructuredText."""
    link = r'<autoref optional identifier="verbalized_sampling.\1"><code>\1</code></autoref>'
    return _ROLE.sub(link, html)


def help_of(*names: str) -> str:
    """What ``verbalize NAMES --help`` prints."""
    printed = io.StringIO()
    with redirect_stdout(printed):
        run([*names, "--help"])
    return printed.getvalue().rstrip()


def _names(package: str) -> str:
    names = [name for name in import_module(package).__all__ if not name.startswith("__")]
    return "\n\n".join(f"::: {package}.{name}" for name in names)


def _without_endings(nav: Any) -> Any:
    if isinstance(nav, list):
        return [_without_endings(item) for item in nav]
    if isinstance(nav, dict):
        return {title: _without_endings(item) for title, item in nav.items()}
    return nav.replace(".ipynb", ".md") if isinstance(nav, str) else nav


def _markdown(notebook: Any) -> str:
    return "\n\n".join(part for cell in notebook.cells for part in _parts(cell)) + "\n"


def _parts(cell: Any) -> list[str]:
    if cell.cell_type == "markdown":
        return [cell.source]
    return [f"```python\n{cell.source}\n```", *(_shown(output) for output in cell.outputs)]


def _shown(output: Any) -> str:
    if output.output_type == "stream":
        return f'```text title="prints"\n{output.text.rstrip()}\n```'
    data = output.data
    if "image/svg+xml" in data or "text/html" in data:
        return f'<div class="output">\n{data.get("image/svg+xml") or data["text/html"]}\n</div>'
    return f'```text title="gives"\n{data["text/plain"]}\n```'
