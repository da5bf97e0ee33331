/*
 * setting.js - a new password: typed twice, beside the rules that it keeps.
 *
 * Belongs here: its two fields, and what is wrong with what they hold.
 * Not here: what is locked with it (password.js, find.js), the rules
 * (src/npki/password.def).
 */
import { html } from '../ui/base.js';
import { lang, t } from '../core/i18n.js';
import { passwordBroken, passwordRules } from '../core/keyfiles.js';
import { Asking, typed } from './act.js';

/* The signs that a rule names stay in one line. */
const together = (rule) => rule.replace(/ (?=['"\\|])/g, '\u00a0');

/** An act that sets a new password. */
export class Setting extends Asking {
  constructor() {
    super();
    Object.assign(this, { broken: new Set(), rules: [] });
  }

  /** Before the fields are shown. */
  async prepare() {
    this.set({ rules: await passwordRules() });
    await this.#judge('');
  }

  /* Answers come in the order of the questions: the last one stays. */
  async #judge(password) {
    this.set({ broken: new Set(await passwordBroken(password)) });
  }

  /** The new password as it was typed twice, or null: then a field says why. old: what it may not be. */
  async fresh(old) {
    const [field, again] = ['#next', '#again'].map((id) => this.renderRoot.querySelector(id));
    const next = typed(field);
    if (next === null)
      return null;
    await this.#judge(next);
    const faults = [
      [this.broken.size > 0, field, 'manage.change.rules'], [next === old, field, 'manage.change.same'],
      [again.value === '', again, 'manage.change.twice'], [again.value !== next, again, 'manage.change.differ'],
    ];
    const [, at, fault] = faults.find(([holds]) => holds) ?? [];
    if (at === undefined)
      return next;
    at.error = fault;
    at.focus();
    return null;
  }

  /** press: what Enter does. */
  fields(press) {
    return html`<ig-field id="next" type="password" .label=${t('manage.change.new')} @input=${(e) => this.#judge(e.target.value)} @enter=${press}
        .rules=${this.rules.map((r) => ({ text: together(r[lang()]), kept: !this.broken.has(r.word) }))}></ig-field>
      <ig-field id="again" type="password" .label=${t('manage.change.again')} @enter=${press}></ig-field>`;
  }
}
