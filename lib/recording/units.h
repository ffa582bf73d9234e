/* Units of voltages as files write them. */
#ifndef SNNFE_LIB_UNITS_H
#define SNNFE_LIB_UNITS_H

/* Microvolts of one unit, the first word of a text; the micro sign may be ASCII's u, the sign
   itself or the Greek letter. 0 for a unit that is no voltage; none at all is taken as microvolts.
 */
double snnfe_microvolts(const char *dimension);

#endif
