import { render } from 'preact';
import { STYLE } from '../../report/style.js';
import { Page } from './page.js';
import './page.css';

const style = document.createElement('style');
style.textContent = STYLE;
document.head.prepend(style);
const root = document.getElementById('app');
if (root) render(<Page />, root);
