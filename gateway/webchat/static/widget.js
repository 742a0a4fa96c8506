// Puts the chat on another page: <script src="https://…/widget.js" async></script>
//
// Adds one button at the bottom right and, once it is pressed, a panel with the chat in a frame. Sets no cookie, keeps
// nothing, loads nothing but the chat, and lives in a shadow root so that neither page changes the other's looks. On a
// site that is not listed in `embed_on` of the account, or whose own rules allow no frame, it is a link to the chat.
// data-side="left" puts it there, data-lang="vi" or "en" says in which language (else that of the page).
(() => {
  const STYLE = `
    :host { all: initial !important; display: block !important; height: 0 !important; position: fixed !important;
      right: 0 !important; bottom: 0 !important; width: 0 !important; z-index: 2147483000 !important; }
    * { box-sizing: border-box; font: 600 1rem/1.4 system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
    :focus-visible { outline: 3px solid #0b5f6a; outline-offset: 3px; box-shadow: 0 0 0 3px #fff; }
    .open { align-items: center; background: #0b5f6a; border: 0; border-radius: 2rem; bottom: calc(1.25rem + env(safe-area-inset-bottom));
      box-shadow: 0 4px 16px rgb(0 0 0 / 25%); color: #fff; cursor: pointer; display: flex; gap: .5rem; margin: 0;
      min-height: 3.25rem; padding: 0 1.25rem; position: fixed; right: 1.25rem; text-decoration: none; white-space: nowrap; }
    .open:hover { background: #094d56; }
    .panel { background: #fff; border: 1px solid #d5dfdc; border-radius: 1rem; bottom: 1.25rem; box-shadow: 0 12px 40px rgb(0 0 0 / 25%);
      display: flex; flex-direction: column; height: min(40rem, calc(100vh - 2.5rem)); overflow: hidden; position: fixed;
      right: 1.25rem; width: min(25rem, calc(100vw - 2.5rem)); }
    .left .open, .left .panel { left: 1.25rem; right: auto; }
    .top { align-items: center; background: #0b5f6a; color: #fff; display: flex; justify-content: space-between; padding-left: 1rem; }
    .close { background: none; border: 0; color: inherit; cursor: pointer; font-size: 1.5rem; line-height: 1; margin: 0;
      min-height: 2.75rem; min-width: 3rem; padding: 0; }
    .close:focus-visible { outline-color: #fff; outline-offset: -6px; box-shadow: none; }
    .note { color: #24403d; font-weight: 400; margin: auto; padding: 1.5rem; text-align: center; }
    .note a { color: #0b5f6a; }
    iframe { border: 0; flex: 1; min-height: 0; width: 100%; }
    .waiting iframe { flex: 0 0 1px; opacity: 0; }
    [hidden] { display: none !important; }
    @media (max-width: 480px) {
      .panel, .left .panel { border: 0; border-radius: 0; height: 100vh; height: 100dvh; inset: 0; width: 100%; }
      .open { bottom: calc(.75rem + env(safe-area-inset-bottom)); right: .75rem; }
      .left .open { left: .75rem; }
    }
    @media print { .open, .panel { display: none; } }`;
  const ICON = "M4 5.5A2.5 2.5 0 0 1 6.5 3h11A2.5 2.5 0 0 1 20 5.5v8a2.5 2.5 0 0 1-2.5 2.5H12l-4.5 4v-4h-1A2.5 2.5 0 0 1 4 13.5z";
  const SITES = "{sites}".split(" "); // as the chat's own policy names them
  const PATIENCE = 6000;
  const WORDS = {
    vi: { title: "Hỏi dữ liệu mở", close: "Đóng", tab: "mở trong thẻ mới", wait: "Đang mở…", no: "Không mở được ở đây. " },
    en: { title: "Ask the open data", close: "Close", tab: "opens in a new tab", wait: "Opening…", no: "It cannot be opened here. " },
  };
  const script = document.currentScript ?? document.querySelector('script[src$="/widget.js"]');
  const once = Symbol.for("tracuu.widget");
  if (!script || window[once]) return;
  window[once] = true;
  const home = new URL("./", script.src);
  const english = (script.dataset.lang || document.documentElement.lang || "vi").startsWith("en");
  const words = english ? WORDS.en : WORDS.vi;
  const above = [location.origin, ...(location.ancestorOrigins ?? [])]; // whoever stands around the frame has to be listed
  const welcome = above.every((origin) => origin === home.origin || SITES.includes(origin));
  let frame = null;
  let timer = 0;

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

  function makeLink(attributes, text) {
    return make("a", { href: home.href, target: "_blank", rel: "noopener", ...attributes }, text);
  }

  function makeOpener() {
    if (welcome) return make("button", { class: "open", type: "button", "aria-haspopup": "dialog", "aria-expanded": "false" }, makeIcon(), words.title);
    const link = makeLink({ class: "open", "aria-label": `${words.title} (${words.tab})` }, makeIcon());
    link.append(words.title);
    return link;
  }

  // An element of a name of its own: what a page says of its div elements does not concern it.
  const host = make("tracuu-widget", { lang: english ? "en" : "vi" });
  const root = host.attachShadow({ mode: "open" });
  const open = makeOpener();
  const close = make("button", { class: "close", type: "button", "aria-label": words.close }, "×");
  const note = make("p", { class: "note", role: "status" });
  const panel = make("div", { class: "panel waiting", role: "dialog", "aria-label": words.title, hidden: "" },
    make("div", { class: "top" }, words.title, close), note);

  function show(shown) {
    if (shown && !frame) load();
    panel.hidden = !shown;
    open.hidden = shown;
    open.setAttribute("aria-expanded", String(shown));
    if (!shown) open.focus();
    else (panel.classList.contains("waiting") ? close : frame).focus();
  }

  function load() {
    frame = make("iframe", { src: home.href, title: words.title });
    note.textContent = words.wait;
    panel.append(frame);
    timer = setTimeout(giveUp, PATIENCE);
  }

  // The chat says when it is there. What a browser shows instead of a frame that is not allowed nobody can read.
  function welcomeFrame() {
    clearTimeout(timer);
    const focused = root.activeElement === close;
    panel.classList.remove("waiting");
    note.hidden = true;
    if (focused && !panel.hidden) frame.focus();
  }

  function giveUp() {
    frame.remove();
    frame = null;
    note.hidden = false;
    note.replaceChildren(words.no, makeLink({}, `${words.title} (${words.tab})`));
  }

  open.addEventListener("click", () => welcome && show(true));
  close.addEventListener("click", () => show(false));
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation(); // a dialog of the page itself stays as it is
    show(false);
  });
  window.addEventListener("message", (event) => {
    if (!frame || event.source !== frame.contentWindow || event.origin !== home.origin) return;
    if (event.data === "tracuu:ready") welcomeFrame();
    if (event.data === "tracuu:close") show(false);
  });

  // a constructed sheet is not an inline style: it works under a strict content security policy as well
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];
  const box = make("div", { class: script.dataset.side === "left" ? "left" : "right" }, open);
  if (welcome) box.append(panel);
  root.append(box);
  const attach = () => document.body.append(host);
  if (document.body) attach();
  else document.addEventListener("DOMContentLoaded", attach);
})();
