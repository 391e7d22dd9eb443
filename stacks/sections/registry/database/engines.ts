import { Engines } from '../../../environment/engine';
import { aurora } from './aurora';
import { rds } from './rds';

/** The engines of the registry database. */
export const DATABASE_ENGINES = new Engines([rds, aurora], 'rds');
