import { Engines } from '../../../environment/engine';
import { rds } from './rds';

/** The engines of the registry database. */
export const DATABASE_ENGINES = new Engines([rds], 'rds');
