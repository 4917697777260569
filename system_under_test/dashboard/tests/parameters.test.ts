import { describe, expect, it } from "vitest";
import type { Parameter } from "../src/api/types";
import { checkForm, fieldErrors, initialValues } from "../src/form/parameters";

function parameter(name: string, more: Partial<Parameter> = {}): Parameter {
  return {
    name,
    type: "file",
    description: "",
    required: false,
    default: null,
    minimum: null,
    maximum: null,
    ...more,
  };
}

const FILE = parameter("input_file", { required: true });
const DEBUG = parameter("debug", { type: "boolean", default: false });
const SIZE = parameter("batch_size", { type: "integer", default: 50, minimum: 1, maximum: 250 });
const TRAITS = parameter("traits", { type: "string_list", default: [] });
const ALL = [FILE, DEBUG, SIZE, TRAITS];

describe("a form", () => {
  it("begins with the defaults", () => {
    expect(initialValues(ALL)).toEqual({
      input_file: "",
      debug: false,
      batch_size: "50",
      traits: "",
    });
  });

  it("sends each value as its own type and leaves empty ones out", () => {
    const values = { input_file: " feed.csv ", debug: true, batch_size: "10", traits: "a, b,,c " };
    expect(checkForm(ALL, values).parameters).toEqual({
      input_file: "feed.csv",
      debug: true,
      batch_size: 10,
      traits: ["a", "b", "c"],
    });
    expect(checkForm(ALL, { input_file: "x", batch_size: "" }).parameters).toEqual({
      input_file: "x",
    });
  });

  it("asks for what is required", () => {
    expect([...checkForm(ALL, { input_file: "  " }).errors]).toEqual([
      ["input_file", "is required"],
    ]);
  });

  it.each([
    ["1.5", "must be a whole number"],
    ["ten", "must be a whole number"],
    ["1e3", "must be a whole number"],
    ["0", "must be at least 1"],
    ["251", "must be at most 250"],
  ])("refuses %s where a number from 1 to 250 is meant", (text, message) => {
    expect(checkForm([SIZE], { batch_size: text }).errors.get("batch_size")).toBe(message);
  });

  it("refuses a number that could not be sent exactly", () => {
    const seed = parameter("seed", { type: "integer", minimum: 0, maximum: 2 ** 63 });
    const checked = checkForm([seed], { seed: "9007199254740993" });
    expect(checked.errors.get("seed")).toBe("must be at most 9007199254740991");
    expect(checked.parameters).toEqual({});
  });

  it("leaves to the server what only it can know", () => {
    expect(checkForm([FILE], { input_file: "../secret" }).errors.size).toBe(0);
  });
});

it("a refusal is shown at its field, the rest beside the form", () => {
  const places = new Map([
    ["parameters.input_file", "leaves the workspace"],
    ["parameters.unknown", "unknown parameter"],
    ["script", "is required"],
  ]);
  const { fields, others } = fieldErrors(places, ALL);
  expect([...fields]).toEqual([["input_file", "leaves the workspace"]]);
  expect(others).toEqual(["parameters.unknown: unknown parameter", "script: is required"]);
});
