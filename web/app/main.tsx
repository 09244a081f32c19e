import '@mantine/core/styles.css';
import '../ui/fonts.css';
import './console.css';
import { createRoot } from 'react-dom/client';
import { Console } from './console.tsx';

createRoot(document.getElementById('root') as HTMLElement).render(<Console />);
