// What a page of ours must keep, as a list of what is wrong with it. Contrast and structure after WCAG 2.1 AA.
() => {
  const wrong = [];
  const all = (query) => [...document.querySelectorAll(query)];
  const named = (one) => one.outerHTML.slice(0, 80);

  if (!document.documentElement.lang) wrong.push("no language");
  if (!document.title.trim()) wrong.push("no title");
  if (all("main").length !== 1) wrong.push("not exactly one main");
  if (all("h1").length !== 1) wrong.push("not exactly one first heading");
  let before = 0;
  for (const one of all("h1,h2,h3,h4,h5,h6")) {
    const level = Number(one.tagName[1]);
    if (level > before + 1) wrong.push(`heading ${level} after ${before}: ${named(one)}`);
    if (!one.textContent.trim()) wrong.push(`empty heading: ${named(one)}`);
    before = level;
  }
  for (const one of all("table")) {
    if (!one.caption?.textContent.trim()) wrong.push(`table without a caption: ${named(one)}`);
    if (!one.querySelector("thead th[scope=col]")) wrong.push(`table whose columns have no scope: ${named(one)}`);
  }
  for (const one of all("svg")) {
    if (one.getAttribute("role") !== "img" || !one.getAttribute("aria-label")) wrong.push(`picture without a name: ${named(one)}`);
  }
  const ids = all("[id]").map((one) => one.id);
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) wrong.push(`id twice: ${id}`);
  for (const one of all("[aria-labelledby]")) {
    if (!document.getElementById(one.getAttribute("aria-labelledby"))?.textContent.trim()) wrong.push(`labelledby nothing: ${named(one)}`);
  }
  for (const one of all("a[href^='#']")) {
    const aim = one.getAttribute("href").slice(1);
    if (!one.textContent.trim() || !document.getElementById(aim)) wrong.push(`link without a text or an aim: ${named(one)}`);
  }
  for (const one of all("*")) {
    const scrolls = /auto|scroll/.test(getComputedStyle(one).overflowX) && one.scrollWidth > one.clientWidth + 1;
    if (scrolls && one !== document.scrollingElement && one.tabIndex < 0) wrong.push(`scrolls and takes no focus: ${named(one)}`);
  }

  // Contrast, every layer below a text mixed by its opacity; of pictures too.
  const parse = (text) => {
    const found = (text.match(/[\d.]+/g) || []).map(Number);
    return found.length < 3 ? null : { rgb: found.slice(0, 3), alpha: found.length > 3 ? found[3] : 1 };
  };
  const mixed = (over, alpha, under) => over.map((part, place) => part * alpha + under[place] * (1 - alpha));
  const light = (rgb) => {
    const [r, g, b] = rgb.map((part) => part / 255).map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (one, other) => {
    const [more, less] = [light(one), light(other)].sort((a, b) => b - a);
    return (more + 0.05) / (less + 0.05);
  };
  const ground = (one) => {
    const above = [];
    for (let at = one; at; at = at.parentElement) above.unshift(parse(getComputedStyle(at).backgroundColor));
    return above.filter(Boolean).reduce((under, layer) => mixed(layer.rgb, layer.alpha, under), [255, 255, 255]);
  };
  const check = (one, ink, under) => {
    const got = ratio(ink.rgb, under);
    if (got < 4.5) wrong.push(`contrast ${got.toFixed(2)}: ${named(one)}`);
  };
  for (const one of all("body *:not(svg *)")) {
    const says = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (says && one.checkVisibility()) check(one, parse(getComputedStyle(one).color), ground(one));
  }
  for (const one of all("svg text")) {
    const at = one.getBBox(), middle = { x: at.x + at.width / 2, y: at.y + at.height / 2 };
    let under = ground(one.ownerSVGElement);
    for (const rect of one.ownerSVGElement.querySelectorAll("rect")) {
      const box = rect.getBBox();
      const behind = rect.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING;
      const holds = middle.x > box.x && middle.x < box.x + box.width && middle.y > box.y && middle.y < box.y + box.height;
      const style = getComputedStyle(rect);
      if (behind && holds) under = mixed(parse(style.fill).rgb, Number(style.fillOpacity), under);
    }
    check(one, parse(getComputedStyle(one).fill), under);
  }
  return [...new Set(wrong)];
}
