"""The strict JUnit form as a check, written from Jenkins' junit-10.xsd and GitLab's documents.

Jenkins xunit-plugin, types/model/xsd/junit-10.xsd: which element may hold which attribute and
child. GitLab, "Unit test reports": of two cases with the same class and name one is lost.
"""

import re
import xml.etree.ElementTree as ET

ATTRIBUTES = {
    "testsuites": {"name", "time", "tests", "failures", "errors"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped", "time", "timestamp"},
    "testcase": {"name", "classname", "time"},
    "failure": {"type", "message"},
    "error": {"type", "message"},
    "skipped": {"type", "message"},
}
REQUIRED = {
    "testsuites": ATTRIBUTES["testsuites"],
    "testsuite": ATTRIBUTES["testsuite"] - {"timestamp"},
    "testcase": ATTRIBUTES["testcase"],
}
CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"testcase"},
    "testcase": {"failure", "error", "skipped"},
}
SUREFIRE_TIME = re.compile(r"(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]*)?")
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")


def check(text: str) -> ET.Element:
    """Parse and check; returns the root. Raises AssertionError naming what is wrong."""
    root = ET.fromstring(text.encode())  # noqa: S314 - our own output
    assert root.tag == "testsuites"
    for element in root.iter():
        _check_element(element)
    names = [(case.get("classname"), case.get("name")) for case in root.iter("testcase")]
    assert len(names) == len(set(names)), "a (classname, name) is there twice"
    suites = [suite.get("name") for suite in root]
    assert len(suites) == len(set(suites)), "a suite is there twice"
    for suite in root:
        _check_counts(suite)
    for key in ("tests", "failures", "errors"):
        assert int(root.get(key, "")) == sum(int(suite.get(key, "")) for suite in root)
    return root


def _check_element(element: ET.Element) -> None:
    tag = element.tag
    assert set(element.attrib) <= ATTRIBUTES[tag], f"{tag} has {sorted(element.attrib)}"
    assert set(element.attrib) >= REQUIRED.get(tag, set()), f"{tag} has {sorted(element.attrib)}"
    assert {child.tag for child in element} <= CHILDREN.get(tag, set())
    if "time" in element.attrib:
        assert SUREFIRE_TIME.fullmatch(element.attrib["time"]), element.attrib["time"]
    if "timestamp" in element.attrib:
        assert TIMESTAMP.fullmatch(element.attrib["timestamp"])
    if tag == "testcase":
        assert len(element) <= 1
        assert element.attrib["name"]
        assert element.attrib["classname"]


def _check_counts(suite: ET.Element) -> None:
    for key, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        assert int(suite.get(key, "")) == len(suite.findall(f"testcase/{tag}"))
    assert int(suite.get("tests", "")) == len(suite)
