// Puts the chat on another page: <script src="https://…/widget.js" async></script>
//
// Adds one button at the bottom right and, once it is pressed, a panel with the chat in a frame. Sets no cookie, keeps
// nothing, and lives in a shadow root so that neither page changes the other's looks. The site must be listed in
// `embed_on` of the account.
(() => {
  const STYLE = `
    :host { all: initial; }
    * { box-sizing: border-box; font: 600 1rem/1.4 system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
    button { cursor: pointer; }
    :focus-visible { outline: 3px solid #0b5f6a; outline-offset: 3px; box-shadow: 0 0 0 3px #fff; }
    .open { align-items: center; background: #0b5f6a; border: 0; border-radius: 2rem; bottom: calc(1.25rem + env(safe-area-inset-bottom));
      box-shadow: 0 4px 16px rgb(0 0 0 / 25%); color: #fff; display: flex; gap: .5rem; min-height: 3.25rem; padding: 0 1.25rem;
      position: fixed; right: 1.25rem; z-index: 2147483000; }
    .panel { background: #fff; border: 1px solid #d5dfdc; border-radius: 1rem; bottom: 1.25rem; box-shadow: 0 12px 40px rgb(0 0 0 / 25%);
      display: flex; flex-direction: column; height: min(40rem, calc(100vh - 2.5rem)); overflow: hidden; position: fixed;
      right: 1.25rem; width: min(25rem, calc(100vw - 2.5rem)); z-index: 2147483001; }
    .top { align-items: center; background: #0b5f6a; color: #fff; display: flex; justify-content: space-between; padding-left: 1rem; }
    .close { background: none; border: 0; color: inherit; font-size: 1.5rem; line-height: 1; min-height: 2.75rem; min-width: 3rem; }
    .close:focus-visible { outline-color: #fff; outline-offset: -6px; box-shadow: none; }
    iframe { border: 0; flex: 1; width: 100%; }
    [hidden] { display: none; }
    @media (max-width: 480px) {
      .panel { border: 0; border-radius: 0; height: 100vh; height: 100dvh; inset: 0; width: 100%; }
    }`;
  const ICON = "M4 5.5A2.5 2.5 0 0 1 6.5 3h11A2.5 2.5 0 0 1 20 5.5v8a2.5 2.5 0 0 1-2.5 2.5H12l-4.5 4v-4h-1A2.5 2.5 0 0 1 4 13.5z";
  const home = new URL("./", document.currentScript.src);
  const english = (document.documentElement.lang || "vi").startsWith("en");
  const title = english ? "Ask the open data" : "Hỏi dữ liệu mở";
  let frame = null;

  function make(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }

  function makeIcon() {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    for (const [name, value] of Object.entries({ viewBox: "0 0 24 24", width: 22, height: 22, "aria-hidden": "true" })) {
      svg.setAttribute(name, value);
    }
    path.setAttribute("d", ICON);
    path.setAttribute("fill", "currentColor");
    svg.append(path);
    return svg;
  }

  const host = make("div", { lang: english ? "en" : "vi" });
  const root = host.attachShadow({ mode: "open" });
  const open = make("button", { class: "open", type: "button", "aria-expanded": "false" }, makeIcon(), title);
  const close = make("button", { class: "close", type: "button", "aria-label": english ? "Close" : "Đóng" }, "×");
  const panel = make("div", { class: "panel", role: "dialog", "aria-label": title }, make("div", { class: "top" }, title, close));
  panel.hidden = true;

  function show(shown) {
    if (shown && !frame) {
      frame = make("iframe", { src: home.href, title });
      panel.append(frame);
    }
    panel.hidden = !shown;
    open.hidden = shown;
    open.setAttribute("aria-expanded", String(shown));
    (shown ? frame : open).focus();
  }

  open.addEventListener("click", () => show(true));
  close.addEventListener("click", () => show(false));
  panel.addEventListener("keydown", (event) => event.key === "Escape" && show(false));
  window.addEventListener("message", (event) => {
    if (frame && event.source === frame.contentWindow && event.data === "tracuu:close") show(false);
  });

  // a constructed sheet is not an inline style: it works under a strict content security policy as well
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];
  root.append(open, panel);
  const attach = () => document.body.append(host);
  if (document.body) attach();
  else document.addEventListener("DOMContentLoaded", attach);
})();
