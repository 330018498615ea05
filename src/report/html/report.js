"use strict";
for (const button of document.querySelectorAll("button[data-copies]")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button));
}

async function copy(button) {
  const source = document.getElementById(button.dataset.copies);
  const done = (await copyByClipboard(source.textContent)) || copyBySelection(source);
  const said = done ? "Copied" : "Selected: press Ctrl+C";
  button.textContent = said;
  document.getElementById("said").textContent = said;
  setTimeout(() => { button.textContent = "Copy"; }, 2500);
}

async function copyByClipboard(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

// Where a file may not use the clipboard. Leaves the command selected either way.
function copyBySelection(source) {
  getSelection().selectAllChildren(source);
  return document.execCommand("copy");
}
