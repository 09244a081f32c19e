import './first-styles.ts';
import './console.css';
import { createRoot } from 'react-dom/client';
import { declareFonts } from '../ui/theme/fonts.ts';
import { Console } from './console.tsx';

declareFonts();
createRoot(document.getElementById('root') as HTMLElement).render(<Console />);
