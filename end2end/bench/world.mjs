// The portal that figures are taken from: made when the first part asks for it, ended with the program.

import { join } from "node:path";
import { startPortal } from "../portal.mjs";
import { portal as find } from "./processes.mjs";
import { people, signIn } from "./sign-in.mjs";

export const binary = process.env.PORTAL_BINARY ?? join(import.meta.dirname, "../../target/release/lakeport");

/** About how many orders the demo's tables hold where their size does not matter. */
export const scale = 30_000;
/** Somebody who sees and reads much: the owner of a domain. */
export const owner = "aylin.demir@nordkauf.example";

export class World {
  #opened = [];
  #demo;

  /** A demo of its own; `options` as for `startPortal`. */
  async open({ env, ...options } = {}) {
    const portal = await startPortal({
      args: ["demo"],
      env: { LAKEPORT_SCALE: String(scale), ...env },
      patience: 300_000,
      ...options,
    });
    this.#opened.push(portal);
    return Object.assign(portal, { pid: () => find(binary) });
  }

  /** The demo that parts share as long as they change nothing. */
  demo() {
    this.#demo ??= this.open();
    return this.#demo;
  }

  async close() {
    await Promise.all(this.#opened.map((portal) => portal.close()));
    this.#opened = [];
    this.#demo = undefined;
  }
}

/** Sessions of `count` people; there are fewer people than that, so some sit at several machines. */
export async function sessions(url, count) {
  const emails = await people(url);
  if (emails.length === 0) throw new Error("the demo offers nobody to sign in as");
  const cookies = [];
  for (let number = 0; number < count; number += 1) cookies.push(await signIn(url, emails[number % emails.length]));
  return cookies;
}
