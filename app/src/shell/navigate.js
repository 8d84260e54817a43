// Pages change in place: the document, its styles and its modules stay, and only what differs is exchanged. A browser
// without the Navigation API loads documents, as does everything here that does not go as it should.
//
// `app` is the browser's part: each of its islands is one of its functions, and `leave` ends what the islands of the page
// that goes listen to.

const wake = (root) => {
  for (const island of root.querySelectorAll("leptos-island")) app[island.dataset.component]?.(island);
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

const exchange = (page) => {
  app.leave();
  document.title = page.title;
  document.documentElement.dataset.now = page.documentElement.dataset.now;
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  for (const id of ["clock", "rail", "searchbox", "main"]) {
    const part = page.getElementById(id);
    if (part) document.getElementById(id)?.replaceWith(part);
  }
  wake(document.getElementById("main"));
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
      if (loaded) exchange(loaded.page);
      else location.reload();
    },
  });
});

wake(document);
