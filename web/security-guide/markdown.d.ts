declare module '*.md' {
  export const page: import('./markdown-page.ts').MarkdownPage;
}
