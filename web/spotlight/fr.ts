import type { en } from './en.ts';

export const fr: typeof en = {
  title: 'Aller à',
  placeholder: 'Une page, une clé, la documentation ou une action',
  groups: { pages: 'Pages', actions: 'Actions', keys: 'Clés', docs: 'Documentation' },
  actions: {
    create: 'Créer une clé',
    light: 'Couleurs claires',
    dark: 'Couleurs sombres',
    en: 'English',
    fr: 'Français',
  },
  nothing: 'Aucun résultat',
};
