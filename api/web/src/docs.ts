import "./style/base.css";
import "./style/docs.css";
import { writeWords } from "./words";

interface SwaggerOptions {
  url: string;
  dom_id: string;
  deepLinking: boolean;
  validatorUrl: null;
}

declare global {
  /** Set by /assets/swagger/swagger-ui-bundle.js, which runs before this module. */
  var SwaggerUIBundle: (options: SwaggerOptions) => unknown;
}

writeWords();
SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger",
  deepLinking: true,
  // The default sends the description to a public server.
  validatorUrl: null,
});
