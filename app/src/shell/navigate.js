// Pages change in place: the document, its styles and its modules stay, and only what differs is exchanged. A browser
// without the Navigation API loads documents, as does everything here that does not go as it should.
//
// `app` is the browser's part: each of its islands is one of its functions, and `leave` ends what the islands of the page
// that goes listen to.

const wake = (root) => {
  for (const island of root.querySelectorAll("leptos-island")) app[island.dataset.component]?.(island);
};

// What was typed and where the focus was goes with its place in the history, as it does where documents change.
const places = new Map();
const mostPlaces = 50;
/** The place whose page is shown. */
let shown = window.navigation?.currentEntry.key;

const forms = () => document.querySelectorAll("#main form[method=post]");

// Nothing secret, nothing a form carries by itself, no tick where the next press decides on what is ticked, and no word
// about rows that are chosen anew.
const fieldsOf = (form) =>
  [...form.elements].filter(
    (field) =>
      field.matches("input, select, textarea") &&
      field.name &&
      !(isTicked(field) && form.autocomplete === "off") &&
      !/^(password|file|hidden|submit|button|image|reset)$/.test(field.type) &&
      !form.querySelector("[data-review]"),
  );

const isTicked = ({ type }) => type === "checkbox" || type === "radio";

// What a form is: what it does, about what, with which fields.
const kindOf = (form) =>
  JSON.stringify([
    form.getAttribute("action"),
    ...Array.from(form.elements, (field) => [field.name, field.type === "hidden" || isTicked(field) ? field.value : ""]),
  ]);

// What a field was drawn with; of a list the option that was chosen, else its first.
const drawnIn = (field) => {
  if (isTicked(field)) return field.defaultChecked;
  if (!field.options) return field.defaultValue;
  return ([...field.options].find((option) => option.defaultSelected) ?? field.options[0])?.value;
};

// What a person changed in a field; null where that is nothing.
const typedIn = (field) => {
  const now = isTicked(field) ? field.checked : field.value;
  return now === drawnIn(field) ? null : now;
};

// The way to an element on a new drawing of its page.
const wayTo = (element) => {
  if (!element?.closest("#main")) return null;
  if (element.id) return `#${CSS.escape(element.id)}`;
  return element.matches("a[href]") ? `#main a[href="${CSS.escape(element.getAttribute("href"))}"]` : null;
};

const keep = () => {
  const typed = new Map(Array.from(forms(), (form) => [kindOf(form), fieldsOf(form).map(typedIn)]));
  places.delete(shown);
  places.set(shown, { typed, focus: wayTo(document.activeElement) });
  if (places.size > mostPlaces) places.delete(places.keys().next().value);
};

const putBack = ({ typed, focus }) => {
  for (const form of forms()) {
    const values = typed.get(kindOf(form)) ?? [];
    for (const [index, field] of fieldsOf(form).entries()) {
      const value = values[index] ?? null;
      if (value === null) continue;
      if (isTicked(field)) field.checked = value;
      else field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
  if (focus) document.querySelector(focus)?.focus({ preventScroll: true });
};

// What is no page: calls, files, and what starts or ends a session.
const elsewhere = /^\/(fn|auth|api|demo-issuer|signed-out)(\/|$)/;

const isOurs = (event) => {
  const { pathname } = new URL(event.destination.url);
  const isTraverse = event.navigationType === "traverse";
  // An island that writes a new address has shown what stands there; one that follows Back and Forward says so.
  const isDone = event.destination.sameDocument && !isTraverse;
  const isFollowed = isTraverse && pathname === location.pathname && document.querySelector("main [data-follows]");
  const isLink = event.navigationType !== "reload" && !event.hashChange && event.downloadRequest === null && !event.formData;
  return event.canIntercept && isLink && !isDone && !isFollowed && !elsewhere.test(pathname);
};

// The page at an address; null where there is none of this build, a sign-in or a file for instance.
const load = async (address, signal) => {
  try {
    const answer = await fetch(address, { headers: { accept: "text/html" }, signal });
    if (!answer.headers.get("content-type")?.startsWith("text/html")) return null;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const build = (page) => page.querySelector("link[rel=modulepreload]")?.getAttribute("href");
    if (!page.getElementById("main") || build(page) !== build(document)) return null;
    return { page, moved: answer.redirected ? answer.url : null };
  } catch {
    return null;
  }
};

// Who reads a page. Another tab may have ended the session of this one and begun somebody else's.
const readerOf = (page) => page.querySelector("[data-reader]")?.dataset.reader;

// A document of its own. Another reader's has nothing of what was typed here, which browsers may put back on a reload.
const loadAnew = (isSameReader) => {
  if (!isSameReader) for (const form of document.forms) form.reset();
  location.reload();
};

// What an island hears instead of an answer stands on the page, whatever the island makes of it.
const tell = ({ kind, message }) => {
  if (kind !== "another_reader" || document.getElementById("another-reader")) return;
  const notice = document.createElement("p");
  Object.assign(notice, { id: "another-reader", className: "notice notice-error mb-4", textContent: message });
  notice.setAttribute("role", "alert");
  document.querySelector("#main > *")?.prepend(notice);
};

// Calls of islands say for whom their page was drawn; nobody else is answered.
const send = window.fetch;
window.fetch = async (request, ...options) => {
  const reader = readerOf(document);
  const isCall = request instanceof Request && new URL(request.url).pathname.startsWith("/fn/");
  if (!isCall || !reader) return send(request, ...options);
  request.headers.set("lakeport-reader", reader);
  const answer = await send(request, ...options);
  if (answer.status === 409) tell(await answer.clone().json());
  return answer;
};

const exchange = (page, isTraverse) => {
  keep();
  app.leave();
  document.title = page.title;
  document.documentElement.dataset.now = page.documentElement.dataset.now;
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  for (const id of ["clock", "rail", "searchbox", "main"]) {
    const part = page.getElementById(id);
    if (part) document.getElementById(id)?.replaceWith(part);
  }
  wake(document.getElementById("main"));
  shown = navigation.currentEntry.key;
  const place = isTraverse && places.get(shown);
  if (place) putBack(place);
};

window.navigation?.addEventListener("navigate", (event) => {
  if (!isOurs(event)) return;
  const loading = load(event.destination.url, event.signal);
  const arrive = async (controller) => {
    const moved = (await loading)?.moved;
    if (moved) controller.redirect(moved);
  };
  event.intercept({
    // Where the browser can wait, the address changes when the page is there.
    precommitHandler: event.cancelable ? arrive : undefined,
    handler: async () => {
      const loaded = await loading;
      if (event.signal.aborted) return;
      const isSameReader = !loaded || readerOf(loaded.page) === readerOf(document);
      if (loaded && isSameReader) exchange(loaded.page, event.navigationType === "traverse");
      else loadAnew(isSameReader);
    },
  });
});

// An island that writes a new address takes the page along to its new place.
window.navigation?.addEventListener("currententrychange", () => {
  if (!navigation.transition) shown = navigation.currentEntry.key;
});

wake(document);
