"""The report in a browser: it draws, answers the mouse and the keyboard, and loads nothing."""

import json
import re
from datetime import datetime, timedelta, timezone

import pytest
from report import CHARTS
from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys


def value(text):
    """The number that a readout shows; None for a gap."""
    digits = re.sub(r"[^0-9.]", "", text)
    return float(digits) if digits else None


def busiest(report):
    """A service that has requests in every region."""
    for service in {group["service"]: None for group in report.trace["groups"]}:
        if all(max(group["offered"]) > 0 for group in report.groups(service)):
            return service
    pytest.fail("the report has no service with requests: it proves nothing")


def test_every_chart_draws_every_line_in_its_own_colour(report):
    for service in {group["service"]: None for group in report.trace["groups"]}:
        report.choose_service(service)
        report.choose_region("")
        regions = [group["region"] for group in report.groups(service)]
        for chart in CHARTS:
            assert report.picture(chart) != report.empty(chart), chart
            assert [label.split(" · ")[0] for label in report.labels(chart)][: len(regions)] == regions
        for line, group in enumerate(report.groups(service)):
            report.choose_region(group["region"])
            for chart, fields in CHARTS.items():
                values = [point for point in group[fields[0]] if point is not None]
                if values:
                    # Of a line from end to end, a third of the width is sure to be full pixels.
                    least = min(len(values) // 2, 300)
                    assert report.drawn(chart, 0) >= least, (service, group["region"], chart)


def test_the_curves_follow_the_picker(report):
    service = busiest(report)
    report.choose_service(service)
    seen = {}
    for region in ["", *[group["region"] for group in report.groups(service)]]:
        report.choose_region(region)
        seen[region] = {chart: report.picture(chart) for chart in CHARTS}
        shown = 1 if region else len(report.groups(service))
        assert len(report.labels("load")) == shown * len(report.runs)
    for chart in CHARTS:
        pictures = [pictures[chart] for pictures in seen.values()]
        assert len(set(pictures)) > 1, f"{chart} shows the same for every region"


def test_the_picker_works_with_the_keyboard(report):
    report.choose_service(busiest(report))
    report.choose_region("")
    before = report.picture("capacity")
    report.one("#region input:checked").send_keys(Keys.ARROW_RIGHT)
    report.settle()
    chosen = report.one("#region input:checked").get_attribute("value")
    assert chosen == report.groups(busiest(report))[0]["region"]
    assert report.picture("capacity") != before


@pytest.mark.parametrize("share", [0.0, 0.25, 0.5, 0.93])
@pytest.mark.parametrize("hovered", [*CHARTS, "events"])
def test_hovering_one_chart_shows_the_values_in_all(report, hovered, share):
    service = busiest(report)
    report.choose_service(service)
    report.choose_region("")
    report.point(hovered, share)
    groups = report.groups(service)
    index, slack = pointed_index(report, share)
    assert slack <= 3, "the cursor is not where the mouse is"
    for line, group in enumerate(groups):
        for chart, fields in CHARTS.items():
            for field in fields:
                shown = value(report.readout(chart, line, field))
                exact = group[field][index]
                if exact is None:
                    assert shown is None, (chart, line, field)
                else:
                    assert shown == pytest.approx(exact, abs=0.051), (chart, line, field)


def test_without_the_mouse_the_readouts_show_peaks(report):
    service = busiest(report)
    report.choose_service(service)
    report.choose_region("")
    for _ in range(2):
        for line, group in enumerate(report.groups(service)):
            for field in CHARTS["capacity"]:
                assert value(report.readout("capacity", line, field)) == max(group[field])
        report.point("capacity", 0.5)
        assert report.one("#moment").text.endswith("UTC")
        ActionChains(report.browser).move_to_element(report.one("#causes-title")).perform()
        report.settle()


def pointed_index(report, share):
    """The point that the page says the cursor is at, and how many pixels it lies off the mouse."""
    text = report.one("#moment").text
    start = datetime.fromisoformat(report.trace["start"].replace("Z", "+00:00"))
    step = report.trace["step"]
    points = len(report.trace["groups"][0]["offered"])
    moments = {}
    for index in range(points):
        at = start + timedelta(seconds=step * index)
        seconds = at.strftime(":%S") if at.second else ""
        moments[f"{at:%a} {at.day} {at:%b} {at:%H:%M}{seconds} UTC"] = index
    assert text in moments, f"`{text}` is no point of the run"
    width = report.one("[data-chart=load] .u-over").size["width"]
    pixel = width / (points - 1)
    off = abs(moments[text] - share * (points - 1)) * pixel
    return moments[text], off / max(1, pixel)


def test_dragging_zooms_every_chart_and_a_double_click_goes_back(report):
    whole = {chart: report.picture(chart) for chart in [*CHARTS, "events"]}
    rows = len(report.all("#events tbody tr"))
    report.drag("cpu", 0.3, 0.4)
    assert report.one("#reset").is_displayed()
    for chart, before in whole.items():
        assert report.picture(chart) != before, f"{chart} was not zoomed"
    report.point("load", 0.0)
    first, _ = pointed_index(report, 0.3)
    points = len(report.trace["groups"][0]["offered"])
    assert first == pytest.approx(0.3 * points, abs=0.01 * points)
    over = report.one("[data-chart=load] .u-over")
    ActionChains(report.browser).double_click(over).perform()
    report.settle()
    assert not report.one("#reset").is_displayed()
    assert len(report.all("#events tbody tr")) == rows
    report.browser.execute_script("document.querySelector('#reset').click()")


def test_the_arrow_keys_move_the_cursor(report):
    charts = report.one("#charts")
    report.run("arguments[0].focus()", charts)
    charts.send_keys(Keys.HOME, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    index, _ = pointed_index(report, 0.0)
    assert index == 2
    charts.send_keys("+")
    assert report.one("#reset").is_displayed()
    charts.send_keys(Keys.ESCAPE)
    assert not report.one("#reset").is_displayed()


def test_a_fault_is_shaded_where_it_lasted(report):
    spans = report.trace["faults"]
    assert spans, "the report has no fault: run it with one"
    span = spans[0]
    report.choose_region(span["region"])
    points = len(report.trace["groups"][0]["offered"])
    length = (points - 1) * report.trace["step"]
    inside = (span["from"] + span["to"]) / 2 / length
    clear = next(
        share for share in (step / 100 + 0.005 for step in range(100))
        if all(not fault["from"] - 0.02 * length < share * length < fault["to"] + 0.02 * length
               for fault in spans)
    )
    for chart in [*CHARTS, "events"]:
        assert report.veil(chart, inside) > 0, f"{chart} does not show the fault"
    # The grid of the other charts may lie there; the strip of events has none across.
    assert report.veil("events", clear) in (0, report.veil("events", clear + 0.004))
    report.point("latency", inside)
    assert report.one("#tooltip").is_displayed()
    assert span["text"] in report.one("#tooltip").text


def test_the_list_shows_the_events_of_what_is_chosen(report):
    service = busiest(report)
    report.choose_service(service)
    region = report.groups(service)[0]["region"]
    report.choose_region(region)
    marks = [
        mark for run in report.runs for mark in run["trace"]["marks"]
        if mark["region"] in ("", region) and mark["service"] in ("", service)
    ]
    rows = report.all("#events tbody tr")
    assert len(rows) == min(100, len(marks))
    texts = {mark["text"] for mark in marks}
    for row in rows:
        assert row.find_elements(By.TAG_NAME, "td")[-1].text in texts


def test_the_table_and_the_verdicts_show_every_row(report):
    shown = report.all("#summary tbody tr")
    assert len(shown) == sum(len(run["rows"]) for run in report.runs)
    badges = [badge.text for badge in report.all("#verdicts li .badge")]
    held = [verdict["holds"] for run in report.runs for verdict in run["verdicts"]]
    assert [badge.endswith("Pass") for badge in badges] == held
    last = shown[-1]
    last.find_element(By.CSS_SELECTOR, "th").click()
    report.settle()
    assert report.one("#service").get_attribute("value") == last.get_attribute("data-service")
    chosen = report.one("#region input:checked").get_attribute("value")
    assert chosen == last.get_attribute("data-region")


def test_light_and_dark_differ(report):
    background = "return getComputedStyle(document.body).backgroundColor"
    light = report.run(background), report.picture("load")
    report.wear("dark")
    dark = report.run(background), report.picture("load")
    assert light[0] != dark[0] and light[1] != dark[1]
    report.choose_region(report.trace["groups"][0]["region"])
    assert report.drawn("load", 0) > 100, "the curve is not drawn in the colour of the dark theme"


def test_auto_follows_the_system(report):
    report.wear("auto")
    for scheme in ("dark", "light"):
        feature = {"name": "prefers-color-scheme", "value": scheme}
        report.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
        report.settle()
        assert report.run("return document.documentElement.dataset.theme") == scheme
    report.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


@pytest.mark.parametrize("width", [360, 390, 768, 1280, 2560])
def test_nothing_overflows_the_window(report, width):
    report.resize(width, 800)
    report.settle()
    across = "return [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    content, window = report.run(across)
    assert content <= window
    assert window <= width
    beyond = report.run(
        "return [...document.querySelectorAll('body *')]"
        ".filter((one) => !one.closest('.scroller *, .unseen, [hidden], svg'))"
        ".filter((one) => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)"
        ".map((one) => `${one.tagName} ${one.className}`)"
    )
    assert beyond == []
    chart = report.one("[data-chart=load] canvas").size["width"]
    assert 0.7 * min(width, 1600) < chart <= window


def test_nothing_is_loaded_and_nothing_is_blocked(report):
    report.point("load", 0.5)
    report.choose_region(report.trace["groups"][0]["region"])
    assert report.run("return performance.getEntriesByType('resource').map((entry) => entry.name)"
                      ".filter((name) => !name.startsWith('data:'))") == []
    sent = []
    for line in report.browser.get_log("performance"):
        message = json.loads(line["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            sent.append(message["params"]["request"]["url"])
    assert [url for url in sent if not url.startswith("data:")] == [report.address]
