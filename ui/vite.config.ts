import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  build: {
    target: "es2022",
    // The policy allows fonts and scripts from the hub only, so nothing becomes a data: address.
    assetsInlineLimit: 0,
    manifest: true,
    reportCompressedSize: false,
    modulePreload: { polyfill: false },
  },
  // The mappings of `docs/cmms` are part of the page that imports files.
  server: { proxy: { "/api": "http://127.0.0.1:4173" }, fs: { allow: [".."] } },
});
