// Talks to the simulator: what is on the stage comes as a stream, what a person does goes as small posts.

// Call `seen` with all that is on the stage, now and whenever something changed; `heard` with online or offline.
export function follow(seen, heard) {
  const stream = new EventSource("/api/events");
  stream.onopen = () => heard("online");
  stream.onerror = () => {
    heard("offline");
    if (stream.readyState === EventSource.CLOSED) setTimeout(() => follow(seen, heard), 2000);
  };
  stream.onmessage = (event) => seen(JSON.parse(event.data));
}

// What came of it, as {done: …}; null when it could not be done.
export async function act(path, wish = {}) {
  try {
    const answer = await fetch(`/api/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Tracuu-Simulate": "1" },
      body: JSON.stringify(wish),
    });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}
