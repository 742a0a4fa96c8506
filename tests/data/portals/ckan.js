// What a portal's own script may do: close its dialogs with Escape, keep names of its own, listen to messages.
window.ckan = { escapes: 0, heard: [] };
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") window.ckan.escapes += 1;
});
window.addEventListener("message", (event) => window.ckan.heard.push(event.data));
