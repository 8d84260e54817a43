// Signing in as a browser does, without one: to the demo's issuer and back, or to the OpenID provider of `startServe`.

const attribute = (text) =>
  text.replaceAll("&quot;", '"').replaceAll("&#x27;", "'").replaceAll("&lt;", "<").replaceAll("&amp;", "&");

/** Follows one step of the way, keeping cookies; redirects are left to the caller. */
async function step(url, jar, form) {
  const answer = await fetch(url, {
    redirect: "manual",
    headers: {
      cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; "),
      "sec-fetch-site": "same-origin",
    },
    ...(form && { method: "POST", body: new URLSearchParams(form) }),
  });
  for (const line of answer.headers.getSetCookie()) {
    const [name, value] = line.split(";", 1)[0].split(/=(.*)/s);
    if (/max-age=0|expires=thu, 01 jan 1970/i.test(line)) jar.delete(name);
    else jar.set(name, value);
  }
  const location = answer.headers.get("location");
  return { answer, next: location && new URL(location, url).href };
}

/** The demo's page of people: their addresses, and the fields its form sends. */
async function choice(origin, jar) {
  const { next } = await step(`${origin}/auth/sign-in`, jar);
  if (!next) throw new Error("the portal does not lead to a sign-in");
  const { answer } = await step(next, jar);
  const html = await answer.text();
  const fields = [...html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
  return {
    action: next,
    fields: Object.fromEntries(fields.map(([, name, value]) => [name, attribute(value)])),
    people: [...html.matchAll(/name="email" value="([^"]+)"/g)].map(([, email]) => attribute(email)),
  };
}

/** E-mail addresses of the demo's people. */
export const people = async (origin) => (await choice(origin, new Map())).people;

/** Signs a person of the demo in; the answer is the cookie header of the session. */
export async function signIn(origin, email) {
  const jar = new Map();
  const { action, fields } = await choice(origin, jar);
  let { answer, next } = await step(new URL("/demo-issuer/authorize", action).href, jar, { ...fields, email });
  for (let hops = 0; next && hops < 5 && new URL(next).pathname.startsWith("/auth/"); hops += 1) {
    ({ answer, next } = await step(next, jar));
  }
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
  const check = await fetch(`${origin}/account`, { redirect: "manual", headers: { cookie } });
  if (check.status !== 200) throw new Error(`${email} could not be signed in: ${answer.status}, then ${check.status}`);
  return cookie;
}

/** Signs a person in at the provider of `../oidc.mjs`, which asks who it is; the answer is the cookie header of the session. */
export async function signInAtProvider(origin, email) {
  const jars = new Map();
  let next = `${origin}/auth/sign-in`;
  for (let hops = 0; next && hops < 15; hops += 1) {
    const at = new URL(next);
    if (at.origin === origin && !at.pathname.startsWith("/auth/")) break;
    if (!jars.has(at.origin)) jars.set(at.origin, new Map());
    const came = await step(next, jars.get(at.origin));
    next = came.next ?? (at.pathname.startsWith("/choose/") ? `${next}?sub=${encodeURIComponent(`sub-${email}`)}` : undefined);
  }
  const cookie = [...(jars.get(origin) ?? [])].map(([name, value]) => `${name}=${value}`).join("; ");
  const check = await fetch(`${origin}/account`, { redirect: "manual", headers: { cookie } });
  if (check.status !== 200) throw new Error(`${email} could not be signed in: /account answered ${check.status}`);
  return cookie;
}
