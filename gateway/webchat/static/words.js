// The page's own wording in both languages. What the service says comes from the service.

const WORDS = {
  vi: {
    name: "tra cứu dữ liệu mở",
    welcome: "Hỏi dữ liệu mở, nhận ngay con số kèm nguồn",
    hint: "Gõ câu hỏi bằng lời của mình, có dấu hay không dấu đều được. Ví dụ:",
    log: "Hội thoại",
    label: "Câu hỏi",
    placeholder: "Nhập câu hỏi…",
    send: "Gửi",
    online: "Đã kết nối",
    waiting: "Đang kết nối…",
    offline: "Mất kết nối, đang thử lại…",
    elsewhere: "Đang mở ở cửa sổ khác",
    me: "Bạn",
    service: "Trả lời",
    sending: "đang gửi…",
    retrying: "chưa gửi được, đang thử lại",
    refused: "không gửi được",
    typing: "Đang tra cứu…",
    slow: "Câu trả lời đến chậm hơn thường lệ. Câu hỏi đã được nhận, câu trả lời sẽ hiện ở đây.",
    tooLong: "Tin nhắn quá dài, chưa được gửi. Có thể hỏi ngắn gọn hơn.",
    notTaken: "Tin nhắn chưa được nhận (mã {status}). Có thể hỏi lại bằng câu khác.",
    noSession: "Trình duyệt không lưu cookie của trang này nên chưa gửi được. Hãy cho phép cookie hoặc mở trang trong cửa sổ riêng.",
    choices: "Lựa chọn",
    actions: "Xem thêm",
    source: "Xem nguồn",
    image: "Biểu đồ",
    newWindow: "mở cửa sổ mới",
    other: "EN",
    otherLabel: "English: switch language",
  },
  en: {
    name: "open data look-up",
    welcome: "Ask the open data, get the figure with its source",
    hint: "Ask in your own words, with or without Vietnamese accents. For example:",
    log: "Conversation",
    label: "Question",
    placeholder: "Type a question…",
    send: "Send",
    online: "Connected",
    waiting: "Connecting…",
    offline: "Connection lost, trying again…",
    elsewhere: "Open in another window",
    me: "You",
    service: "Answer",
    sending: "sending…",
    retrying: "not sent yet, trying again",
    refused: "not sent",
    typing: "Looking it up…",
    slow: "The answer is taking longer than usual. Your question has arrived; the answer will appear here.",
    tooLong: "The message is too long and was not sent. Please ask more briefly.",
    notTaken: "The message was not accepted (code {status}). Please try asking in another way.",
    noSession: "Your browser does not keep this page's cookie, so nothing can be sent. Please allow cookies or open the page in its own window.",
    choices: "Choices",
    actions: "More",
    source: "See the source",
    image: "Chart",
    newWindow: "opens a new window",
    other: "VI",
    otherLabel: "Tiếng Việt: đổi ngôn ngữ",
  },
};

let language = "vi";

export function word(key, fields = {}) {
  return WORDS[language][key].replace(/\{(\w+)\}/g, (_, name) => fields[name]);
}

export function currentLanguage() {
  return language;
}

// Speak `name` from now on, and put its words where the page asks for them.
export function speak(name) {
  language = name in WORDS ? name : "vi";
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll("[data-word]")) element.textContent = word(element.dataset.word);
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", word(element.dataset.label));
  }
  for (const element of document.querySelectorAll("[data-placeholder]")) {
    element.placeholder = word(element.dataset.placeholder);
  }
}
