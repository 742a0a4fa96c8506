// The page's wording, in the language that was chosen. It comes as data: words/vi.toml and words/en.toml.

const KEPT = "tracuu-simulate:language";
const LOCALES = { vi: "vi-VN", en: "en-GB" };
const words = await (await fetch("/static/words.json")).json();
let language = localStorage.getItem(KEPT) in words ? localStorage.getItem(KEPT) : "vi";

export function word(key, fields = {}) {
  return (words[language][key] ?? key).replace(/\{(\w+)\}/g, (_, name) => fields[name] ?? "");
}

export function currentLanguage() {
  return language;
}

export function otherLanguage() {
  return Object.keys(words).find((name) => name !== language);
}

// Speak `name` from now on.
export function speak(name) {
  language = name in words ? name : "vi";
  localStorage.setItem(KEPT, language);
  document.documentElement.lang = language;
  document.title = word("title");
  fill(document);
}

// Put words where `root` asks for them.
export function fill(root) {
  for (const element of root.querySelectorAll("[data-word]")) element.textContent = word(element.dataset.word);
  for (const element of root.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", word(element.dataset.label));
  }
  for (const element of root.querySelectorAll("[data-title]")) element.title = word(element.dataset.title);
  for (const element of root.querySelectorAll("[data-placeholder]")) {
    element.placeholder = word(element.dataset.placeholder);
  }
}

export function money(amount) {
  return word("money", { amount: amount.toLocaleString(LOCALES[language]) });
}

export function moment(at, seconds = false) {
  const shape = { hour: "2-digit", minute: "2-digit", ...(seconds && { second: "2-digit" }), hour12: false };
  return new Date(at).toLocaleTimeString(LOCALES[language], shape);
}
