import { makeTemplate } from "./portal.mjs";

export default makeTemplate;
