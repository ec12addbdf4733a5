import './transport/no-eval'
import './transport/take-link'
import { mount } from 'svelte'
import App from './App.svelte'
import './styles/font.css'
import './styles/tokens.css'
import './styles/base.css'
import './styles/controls.css'
import './styles/gallery.css'
import './styles/data.css'

const target = document.getElementById('app')
if (!target) throw new Error('index.html has no #app')
mount(App, { target })
