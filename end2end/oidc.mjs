// A real OpenID provider with seeded people, for the portal's sign-in under test.
//
// As a program: `node oidc.mjs PORT REDIRECT_URI` prints its address. As a module: `startIssuer({ redirectUris })`.

import { createServer } from "node:http";
import { generateKeyPairSync } from "node:crypto";
import { pathToFileURL } from "node:url";
import Provider from "oidc-provider";

export const client = { id: "lakeport", secret: "the-tests-secret" };
export const hostedDomain = "nordkauf.example";

const person = (name, more = {}) => {
  const email = `${name.toLowerCase().replaceAll(" ", ".")}@${hostedDomain}`;
  return { sub: `sub-${email}`, name, email, email_verified: true, hd: hostedDomain, ...more };
};

/** People of the demo company, and three the portal must refuse. */
export const people = [
  "Paula Brandt",
  "Maria Keller",
  "Jonas Weber",
  "Aylin Demir",
  "Tom Fischer",
  "Ines Hoffmann",
  "David Schmid",
  "Lena Vogel",
  "Erik Sander",
  "Sofia Lindqvist",
]
  .map((name) => person(name))
  .concat([
    person("Una Verified", { email_verified: false }),
    person("Olga Other", { email: "olga.other@elsewhere.example", hd: "elsewhere.example" }),
    person("Nils Nodomain", { email: "nils.nodomain@elsewhere.example", hd: undefined }),
  ]);

/** Starts the issuer on a free port of the loopback interface; `close()` ends it. */
export async function startIssuer({ redirectUris, port = 0 }) {
  const server = createServer();
  await new Promise((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

  const provider = new Provider(issuer, {
    clients: [{ client_id: client.id, client_secret: client.secret, redirect_uris: redirectUris }],
    claims: { openid: ["sub"], email: ["email", "email_verified", "hd"], profile: ["name"] },
    // Google puts these claims into the ID token itself; so does this provider.
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    ttl: { AccessToken: 600, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    features: { devInteractions: { enabled: false } },
    cookies: { keys: ["end2end"] },
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), use: "sig", alg: "RS256", kid: "end2end" }] },
    findAccount: (_, sub) => {
      const found = people.find((one) => one.sub === sub);
      return found && { accountId: sub, claims: () => ({ ...found }) };
    },
    interactions: { url: (_, interaction) => `/choose/${interaction.uid}` },
  });
  // Whoever may sign in at all has agreed to everything: the portal is the company's own.
  provider.use(async (ctx, next) => {
    if (!ctx.path.startsWith("/choose/")) return next();
    const details = await provider.interactionDetails(ctx.req, ctx.res);
    if (details.prompt.name === "consent") return answer(ctx, await consent(provider, details));
    const chosen = new URLSearchParams(ctx.querystring).get("sub");
    if (chosen) return answer(ctx, { login: { accountId: chosen } });
    ctx.type = "html";
    ctx.body = page(ctx.path);
  });
  const answer = async (ctx, result) => {
    ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, result, { mergeWithLastSubmission: true }));
  };

  server.on("request", provider.callback());
  return {
    issuer,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

async function consent(provider, { session, params, prompt, grantId }) {
  const grant = grantId
    ? await provider.Grant.find(grantId)
    : new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  if (prompt.details.missingOIDCScope) grant.addOIDCScope(prompt.details.missingOIDCScope.join(" "));
  if (prompt.details.missingOIDCClaims) grant.addOIDCClaims(prompt.details.missingOIDCClaims);
  return { consent: { grantId: await grant.save() } };
}

const page = (path) => `<!doctype html>
<html lang="en"><title>Company sign-in</title><link rel="icon" href="data:,">
<h1>Company sign-in</h1>
<ul>${people.map((one) => `<li><a href="${path}?sub=${encodeURIComponent(one.sub)}">${one.name}</a></li>`).join("")}</ul>
</html>`;

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const [port = "0", ...redirectUris] = process.argv.slice(2);
  if (redirectUris.length === 0) throw new Error("usage: node oidc.mjs PORT REDIRECT_URI..");
  console.log((await startIssuer({ redirectUris, port: Number(port) })).issuer);
}
