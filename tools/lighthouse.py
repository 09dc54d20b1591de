"""Measure the built site with Lighthouse: accessibility, best practices, search engines, speed.

    make book
    npm install --prefix .node lighthouse
    python tools/lighthouse.py                      # the front page and the three heaviest pages
    python tools/lighthouse.py intro.html --runs 5

Each page is loaded in a desktop and in a slow phone's setting, several times; medians and spread go to
`benchmarks/results/lighthouse.json`. The server compresses text, as every public host does. On the desktop's
line it is also measured when the first slider moves a picture. The aim: 100 for all but speed, for speed 95
on a desktop and 85 on a phone, and a slider within 2 seconds; a median beyond it ends with exit code 1.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "benchmarks"))
from record import RESULTS, hardware, spread, versions  # noqa: E402
from repository import chromium_path  # noqa: E402

LIGHTHOUSE = ROOT / ".node/node_modules/lighthouse"
COMPRESSED = (".html", ".css", ".js", ".svg")
CATEGORIES = ("accessibility", "best-practices", "seo", "performance")
AIMS = {"desktop": dict.fromkeys(CATEGORIES[:3], 100) | {"performance": 95}}
AIMS["phone"] = AIMS["desktop"] | {"performance": 85}
TIMES = {
    "first_paint_s": "first-contentful-paint",
    "largest_paint_s": "largest-contentful-paint",
    "interactive_s": "interactive",
}


# Lighthouse's own setting for a desktop, in bytes a second.
DESKTOP_LINE = {"offline": False, "latency": 40, "downloadThroughput": 1.28e6, "uploadThroughput": 1.28e6}
SLIDER_AIM_S = 2.0
SLIDER_WORKS = """() => {
  const card = document.querySelector(".cnx-explorer[data-ready], .cnx-quest[data-ready]");
  if (card === null) return false;
  const picture = card.querySelector(".cnx-frame");
  const words = () => picture.getAttribute("alt") || picture.getAttribute("aria-label");
  if (!window.wordsBefore) {
    window.wordsBefore = words();
    const slider = card.querySelector("input");
    slider.value = Number(slider.value) === 0 ? 1 : 0;
    slider.dispatchEvent(new Event("input"));
  }
  return words() !== window.wordsBefore && picture.complete !== false && performance.now() / 1000;
}"""


class CompressingHandler(SimpleHTTPRequestHandler):
    """Serves files as a public host does: text compressed, no log."""

    def send_head(self):
        """Send a text file compressed, any other as it is."""
        path = Path(self.translate_path(self.path))
        if path.suffix not in COMPRESSED or not path.is_file():
            return super().send_head()
        data = gzip.compress(path.read_bytes())
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)) + "; charset=utf-8")
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        return BytesIO(data)

    def log_message(self, *_arguments):
        """Keep the requests off the screen."""


def heaviest_pages(site: Path, count: int) -> list[str]:
    """Return the pages whose HTML and pictures together are the largest."""
    sizes = {}
    for page in site.glob("*.html"):
        text = page.read_text(encoding="utf-8")
        pictures = [picture for picture in (site / "_images").glob("*") if picture.name in text]
        sizes[page.name] = page.stat().st_size + sum(picture.stat().st_size for picture in pictures)
    return sorted(sizes, key=sizes.__getitem__)[-count:]


def measure(url: str, setting: str, chromium: str) -> dict:
    """Run Lighthouse once and return its scores (0 to 100) and times (seconds)."""
    command = [
        "node",
        str(LIGHTHOUSE / "cli/index.js"),
        url,
        "--output=json",
        "--quiet",
        f"--only-categories={','.join(CATEGORIES)}",
        "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
        *(["--preset=desktop"] if setting == "desktop" else []),
    ]
    environment = os.environ | {"CHROME_PATH": chromium}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"lighthouse failed on {url}:\n{done.stderr.strip()[-2000:]}")
    report = json.loads(done.stdout)
    values = {name: round(100 * report["categories"][name]["score"]) for name in CATEGORIES}
    values |= {name: report["audits"][audit]["numericValue"] / 1000 for name, audit in TIMES.items()}
    values["kilobytes"] = report["audits"]["total-byte-weight"]["numericValue"] / 1000
    values["faults"] = sorted(
        reference["id"]
        for name in CATEGORIES[:3]
        for reference in report["categories"][name]["auditRefs"]
        if report["audits"][reference["id"]]["score"] == 0 and reference["weight"]
    )
    return values


def slider_seconds(url: str, chromium: str) -> float:
    """Load a page over the desktop's line; return the seconds until its first slider moves a picture."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", DESKTOP_LINE)
        page.goto(url, wait_until="commit")
        seconds = page.wait_for_function(SLIDER_WORKS, polling=20).json_value()
        page.wait_for_load_state()
        browser.close()
    return seconds


def summarise(runs: list[dict]) -> dict:
    """Return n, median, lowest and highest of every number, and the faults of all runs."""
    numbers = {name: spread([run[name] for run in runs]) for name in runs[0] if name != "faults"}
    return numbers | {"faults": sorted({fault for run in runs for fault in run["faults"]})}


def measure_pages(site: Path, pages: list[str], runs: int, chromium: str) -> dict:
    """Serve the site, measure each page in both settings, and print one line for each."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(CompressingHandler, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    results: dict = {}
    try:
        for page in pages:
            for setting in AIMS:
                url = f"http://127.0.0.1:{server.server_port}/{page}"
                summary = summarise([measure(url, setting, chromium) for _ in range(runs)])
                if setting == "desktop" and 'type="range"' in (site / page).read_text(encoding="utf-8"):
                    summary["first_slider_s"] = spread([slider_seconds(url, chromium) for _ in range(runs)])
                results.setdefault(page, {})[setting] = summary
                scores = ", ".join(f"{name} {summary[name]['median']:g}" for name in CATEGORIES)
                slider = (
                    f"slider {summary['first_slider_s']['median']:.2f} s"
                    if "first_slider_s" in summary
                    else ""
                )
                print(
                    f"{page} ({setting}): {scores} {slider} {' '.join(summary['faults'])}".rstrip(),
                    flush=True,
                )
    finally:
        server.shutdown()
        server.server_close()
    return results


def missed_aims(results: dict) -> list[str]:
    """Return one line for each score whose median is below its aim, and for each slider that comes late."""
    late = [
        f"{page}: first slider after {desktop['first_slider_s']['median']:.1f} s, aim {SLIDER_AIM_S:g}"
        for page, desktop in ((page, settings["desktop"]) for page, settings in results.items())
        if "first_slider_s" in desktop and desktop["first_slider_s"]["median"] > SLIDER_AIM_S
    ]
    return late + [
        f"{page} ({setting}): {name} {summary[name]['median']:g}, aim {aim}"
        for page, settings in results.items()
        for setting, summary in settings.items()
        for name, aim in AIMS[setting].items()
        if summary[name]["median"] < aim
    ]


def main(arguments: list[str] | None = None) -> int:
    """Measure, write the results, and return 1 when an aim was missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "pages", nargs="*", help="pages of the site; default: index.html and the three heaviest"
    )
    parser.add_argument(
        "--site", type=Path, default=ROOT / "_site/_build/html", help="folder of the built site"
    )
    parser.add_argument("--runs", type=int, default=3, help="loads of each page in each setting (default 3)")
    options = parser.parse_args(arguments)
    if not (options.site / "index.html").is_file():
        raise SystemExit(f"no site in {options.site}; run `make book` first")
    if not LIGHTHOUSE.is_dir():
        raise SystemExit("no Lighthouse; run `npm install --prefix .node lighthouse`")
    pages = options.pages or ["index.html", *heaviest_pages(options.site, 3)]
    results = measure_pages(options.site, pages, options.runs, chromium_path())
    content = {
        "command": "python tools/lighthouse.py",
        "versions": versions()
        | {"lighthouse": json.loads((LIGHTHOUSE / "package.json").read_text())["version"]},
        "hardware": hardware(),
        "pages": results,
    }
    path = RESULTS / "lighthouse.json"
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {path.relative_to(ROOT)}")
    missed = missed_aims(results)
    print("\n".join(["below the aim:", *missed]) if missed else "every aim is met")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
