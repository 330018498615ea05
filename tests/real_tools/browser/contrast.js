// Text whose contrast with what lies behind it is under 4.5 to 1.
const channels = (color) => color.match(/[\d.]+/g).map(Number);
const luminance = ([r, g, b]) => {
  const linear = [r, g, b].map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
};
const behind = (element) => {
  const card = element.closest("svg g")?.querySelector("rect");
  if (card && element.matches("text") && getComputedStyle(card).fill !== "none") {
    return channels(getComputedStyle(card).fill);
  }
  for (let e = element; e; e = e.parentElement) {
    const color = channels(getComputedStyle(e).backgroundColor);
    if (color.length === 3 || color[3] === 1) return color;
  }
  return [255, 255, 255];
};
const faint = [];
const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (texts.nextNode()) {
  const element = texts.currentNode.parentElement;
  const drawn = !element.closest("script, title, desc, .unseen, [hidden]") && texts.currentNode.data.trim() !== "";
  if (!drawn) continue;
  const style = getComputedStyle(element);
  const ink = channels(element.matches("svg text") ? style.fill : style.color);
  const [light, dark] = [luminance(ink), luminance(behind(element))].sort((a, b) => b - a);
  const ratio = (light + 0.05) / (dark + 0.05);
  if (ratio < 4.5) faint.push(`${texts.currentNode.data.trim()} ${ratio.toFixed(2)}`);
}
return faint;
