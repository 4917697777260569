import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { TAB_NAMES, TABS } from "../src/tabs/catalogue";
import { placeOf } from "../src/tabs/place";
import { TabBar } from "../src/tabs/TabBar";
import { TabPanel } from "../src/tabs/TabPanel";

describe.each(TAB_NAMES)("the tab %s", (name) => {
  it("has a button with its title and its test id, which names its content", () => {
    const html = renderToStaticMarkup(<TabBar active={name} />);
    const button = html.match(new RegExp(`<button[^>]*data-testid="tab-${name}"[^>]*>([^<]*)<`));
    expect(button?.[1]).toBe(TABS[name].title);
    expect(button?.[0]).toContain(`aria-controls="${name}-content"`);
  });

  it("has a panel with its test id, and an address", () => {
    const html = renderToStaticMarkup(<TabPanel name={name}>shown</TabPanel>);
    expect(html).toMatch(new RegExp(`^<main[^>]*data-testid="${name}-content"[^>]*>shown</main>$`));
    expect(placeOf(`#${name}`).tab).toBe(name);
  });
});
