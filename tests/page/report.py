"""What the tests do with a report: choose, hover, read values and pixels."""

import json
from dataclasses import dataclass

from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select, WebDriverWait

CHARTS = {
    "load": ["offered", "lost"],
    "capacity": ["in_service", "desired", "min", "max"],
    "cpu": ["cpu"],
    "latency": ["p95_ms"],
}

# The pixels of a chart, as numbers r, g, b, a, inside the axes; and where that area lies.
PIXELS = """
const chart = document.querySelector(`[data-chart="${arguments[0]}"]`);
const canvas = chart.querySelector('canvas');
const over = chart.querySelector('.u-over').getBoundingClientRect();
const frame = canvas.getBoundingClientRect();
const ratio = canvas.width / frame.width;
const area = [over.left - frame.left, over.top - frame.top, over.width, over.height]
  .map((length) => Math.round(length * ratio));
const pixels = canvas.getContext('2d').getImageData(...area).data;
"""
COUNT = PIXELS + """
const [red, green, blue] = arguments[1];
let found = 0;
for (let at = 0; at < pixels.length; at += 4) {
  const near = Math.abs(pixels[at] - red) + Math.abs(pixels[at + 1] - green) + Math.abs(pixels[at + 2] - blue);
  if (pixels[at + 3] > 200 && near < 12) found += 1;
}
return found;
"""
PICTURE = "return document.querySelector(`[data-chart='${arguments[0]}'] canvas`).toDataURL()"
EMPTY = """
const drawn = document.querySelector(`[data-chart='${arguments[0]}'] canvas`);
return Object.assign(document.createElement('canvas'), { width: drawn.width, height: drawn.height }).toDataURL();
"""
# How opaque a chart is at a share of its width, just below the top edge of the axes.
VEIL = PIXELS + """
const at = Math.min(area[2] - 1, Math.round(arguments[1] * area[2]));
return pixels[4 * (area[2] + at) + 3];
"""


@dataclass
class Report:
    browser: object
    address: str

    def open(self):
        # Another document first: the same address again would keep the state of its controls.
        self.browser.get("about:blank")
        for name in ("browser", "performance"):
            self.browser.get_log(name)
        self.browser.get(self.address)
        WebDriverWait(self.browser, 10).until(lambda _: self.all("#charts canvas"))
        self.data = json.loads(self.one("#data").get_attribute("textContent"))
        self.runs = [run["outcome"] for run in self.data["runs"]]
        self.trace = self.runs[0]["trace"]
        self.settle()

    # Looking.

    def one(self, selector):
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector):
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def run(self, script, *arguments):
        return self.browser.execute_script(script, *arguments)

    def settle(self):
        """Waits until what was asked for is painted."""
        self.browser.execute_async_script(
            "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done()))"
        )

    def picture(self, chart):
        return self.run(PICTURE, chart)

    def empty(self, chart):
        return self.run(EMPTY, chart)

    def veil(self, chart, share):
        return self.run(VEIL, chart, share)

    def drawn(self, chart, line):
        """How many pixels have the colour that the readout shows for a line."""
        color = self.run(
            "return getComputedStyle(document.querySelector("
            "`[data-chart='${arguments[0]}'] [data-line='${arguments[1]}'] .swatch`)).borderTopColor",
            chart, line,
        )
        rgb = [int(part) for part in color[color.index("(") + 1 : -1].split(",")[:3]]
        return self.run(COUNT, chart, rgb)

    def readout(self, chart, line, field):
        return self.one(f"[data-chart='{chart}'] [data-line='{line}'] [data-field='{field}']").text

    def labels(self, chart):
        return [label.text for label in self.all(f"[data-chart='{chart}'] [data-line] b")]

    def groups(self, service, run=0):
        return [group for group in self.runs[run]["trace"]["groups"] if group["service"] == service]

    # Doing.

    def resize(self, width, height):
        """A viewport of exactly this size; a window has a smallest width."""
        self.browser.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
        )

    def wear(self, theme):
        self.one(f"#theme input[value={theme}]").click()
        self.settle()

    def choose_service(self, service):
        Select(self.one("#service")).select_by_value(service)
        self.settle()

    def choose_region(self, region):
        self.one(f"#region input[value='{region}']").click()
        self.settle()

    def point(self, chart, share):
        """Moves the mouse to a share of a chart's width; the pixel it reached, and the width."""
        over = self.one(f"[data-chart='{chart}'] .u-over")
        self.run("arguments[0].scrollIntoView({ block: 'center' })", over)
        width = over.size["width"]
        offset = round(share * width) - width // 2
        ActionChains(self.browser, duration=0).move_to_element_with_offset(over, offset, 0).perform()
        self.settle()

    def drag(self, chart, begin, end):
        """Drags the mouse from one share of a chart's width to another."""
        over = self.one(f"[data-chart='{chart}'] .u-over")
        self.run("arguments[0].scrollIntoView({ block: 'center' })", over)
        width = over.size["width"]
        chain = ActionChains(self.browser, duration=50)
        chain.move_to_element_with_offset(over, round((begin - 0.5) * width), 0).click_and_hold()
        chain.move_by_offset(round((end - begin) * width), 0).release().perform()
        self.settle()
