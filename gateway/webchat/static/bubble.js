// One item of the talk as elements. Everything people or the service wrote goes in as text, never as markup.

import { currentLanguage, word } from "./words.js";

const LINK = /https?:\/\/[^\s<>"'“”]+/g;
const AFTER_LINK = /[.,;:!?)\]}…»]+$/;
const SOURCE_LINE = /^(Nguồn|Source)\b/;

export function makeBubble(item, { choose }) {
  const bubble = make("article", `item ${item.mine ? "mine" : "service"}`);
  bubble.id = `item-${item.id}`;
  bubble.append(make("span", "unseen", `${word(item.mine ? "me" : "service")}: `), makeBody(item));
  if (item.choices?.length) bubble.append(makeChoices(item.choices, choose));
  if (item.actions?.length) bubble.append(makeActions(item.actions, choose));
  bubble.append(makeFoot(item));
  return bubble;
}

// Show how far an item of one's own is on its way.
export function updateBubble(bubble, item) {
  bubble.querySelector(".foot").replaceWith(makeFoot(item));
}

function makeBody(item) {
  const body = make("div", "body");
  const lines = item.text.split("\n");
  const source = item.mine ? -1 : lines.findIndex((line) => SOURCE_LINE.test(line));
  body.append(makeText(source < 0 ? lines : lines.slice(0, source)));
  if (source > 0) body.querySelector(".line").classList.add("figure"); // what has a source begins with its figure
  if (isImage(item.image)) body.append(makeImage(item.image, item.imageText));
  if (source >= 0) {
    const paragraph = make("p", "source");
    addText(paragraph, lines.slice(source).join("\n"));
    body.append(paragraph);
  }
  if (isWebAddress(item.link) && !item.text.includes(item.link)) {
    const paragraph = make("p", "source");
    paragraph.append(makeLink(item.link, `${word("source")} – ${new URL(item.link).hostname}`));
    body.append(paragraph);
  }
  return body;
}

function makeText(lines) {
  const paragraph = make("p", "text");
  for (const line of lines.filter((text) => text.trim())) {
    const element = make("span", "line");
    addText(element, line);
    paragraph.append(element);
  }
  return paragraph;
}

function makeChoices(choices, choose) {
  const group = make("div", "choices");
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", word("choices"));
  choices.forEach((choice, index) => {
    const button = make("button", "choice");
    button.type = "button";
    button.append(make("b", "", `${index + 1}`), " ", make("span", "", choice.label));
    button.addEventListener("click", () => choose(choice));
    group.append(button);
  });
  return group;
}

// What else can be done with an answer; no entry of a list, so without a number.
function makeActions(actions, choose) {
  const group = make("div", "actions");
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", word("actions"));
  for (const action of actions) {
    const button = make("button", "action", action.label);
    button.type = "button";
    button.addEventListener("click", () => choose(action));
    group.append(button);
  }
  return group;
}

function makeFoot(item) {
  const foot = make("p", `foot ${item.mine ? item.state : ""}`);
  if (item.mine && item.state !== "sent") foot.append(make("span", "state", item.reason ?? word(item.state)), " ");
  const moment = new Date(item.said ?? item.at);
  const time = make("time", "", formatTime(moment));
  time.dateTime = moment.toISOString();
  foot.append(time);
  return foot;
}

// The hour, with the day before it unless it is today.
function formatTime(moment) {
  const locale = currentLanguage() === "vi" ? "vi-VN" : "en-GB";
  const hour = moment.toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" });
  if (moment.toDateString() === new Date().toDateString()) return hour;
  return `${moment.toLocaleDateString(locale, { day: "2-digit", month: "2-digit", year: "numeric" })} ${hour}`;
}

function addText(parent, text) {
  let from = 0;
  for (const match of text.matchAll(LINK)) {
    const address = match[0].replace(AFTER_LINK, "");
    parent.append(text.slice(from, match.index), isWebAddress(address) ? makeLink(address, address) : address);
    from = match.index + address.length;
  }
  parent.append(text.slice(from));
}

function makeLink(address, label) {
  const link = make("a", "", label);
  link.href = address;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  link.append(make("span", "unseen", ` (${word("newWindow")})`));
  return link;
}

// A chart, which opens by itself for who wants it larger.
function makeImage(address, text) {
  const link = make("a", "picture");
  link.href = address;
  link.target = "_blank";
  link.rel = "noopener";
  const image = make("img", "chart");
  image.src = address;
  image.alt = text || word("image");
  link.append(image);
  return link;
}

function isWebAddress(address) {
  try {
    return ["http:", "https:"].includes(new URL(address).protocol);
  } catch {
    return false;
  }
}

// Only what the page's own policy would load: a picture of this service, or one inside the message.
function isImage(address) {
  if (!address) return false;
  return address.startsWith("data:image/") || new URL(address, location.href).origin === location.origin;
}

function make(tag, className = "", text = "") {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}
