/* Electrodes of the 10-05 system on a sphere. */
#include "recording/electrodes.h"

#include <math.h>

#define PI 3.14159265358979323846
#define DEGREE (PI / 180)
#define HALF_ROW 11.5    /* degrees along the midline from one half row to the next */
#define RING 92.0        /* degrees from Cz to Fpz, T7, Oz and T8 */
#define RING_HALF_ROW 9. /* degrees along the ring */

/* `polar` degrees from Cz, `azimuth` from the front, to the left. */
static void on_sphere(double polar, double azimuth, double p[3])
{
    p[0] = -sin(polar * DEGREE) * sin(azimuth * DEGREE);
    p[1] = sin(polar * DEGREE) * cos(azimuth * DEGREE);
    p[2] = cos(polar * DEGREE);
}

/* Eighths of a step from the midline to the ring: four steps, which are shorter in some rows; the
   outermost rows have one. */
static double ring_column(int32_t row)
{
    if (row == 0 || row >= 16)
        return 8;
    if (row <= 2 || row == 14 || row == 15)
        return 16;
    return row == 3 || row == 13 ? 24 : 32;
}

/* Behind Oz the rows lie one below the other. */
static void ring_electrode(int32_t row, double p[3])
{
    const int32_t below = row > 16 ? row - 16 : 0;
    on_sphere(RING + HALF_ROW * below, 18 + RING_HALF_ROW * (row - below), p);
}

/* The circle through the midline, the ring's electrode and its mirror image lies in a plane that
   has the x axis' direction; an electrode lies as far along its arc as its column says. */
void snnfe_electrode_direction(const snnfe_electrode *e, double direction[3])
{
    double middle[3], ring[3];
    on_sphere(HALF_ROW * (8 - e->row), 0, middle);
    ring_electrode(e->row, ring);
    /* Of the plane: its normal, and the circle's center, the point next to the sphere's. */
    const double along[2] = {ring[1] - middle[1], ring[2] - middle[2]};
    const double length = hypot(along[0], along[1]);
    const double normal[2] = {-along[1] / length, along[0] / length};
    const double distance = normal[0] * middle[1] + normal[1] * middle[2];
    const double center[2] = {distance * normal[0], distance * normal[1]};
    const double up[2] = {middle[1] - center[0], middle[2] - center[1]};
    const double radius = hypot(up[0], up[1]);
    const double depth =
        ((ring[1] - center[0]) * up[0] + (ring[2] - center[1]) * up[1]) / (radius * radius);
    const double whole = atan2(-ring[0] / radius, depth);
    const double angle = whole * e->column / ring_column(e->row);
    direction[0] = radius * sin(angle);
    direction[1] = center[0] + up[0] * cos(angle);
    direction[2] = center[1] + up[1] * cos(angle);
}
