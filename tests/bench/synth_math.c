/* Exponential, logarithm, normal quantiles and hashing without libm. */
#include <math.h>
#include <string.h>

#include "bench/synth.h"

/* splitmix64's finaliser (Steele, Lea, Flood 2014). */
uint64_t synth_mix(uint64_t x)
{
    x += 0x9E3779B97F4A7C15U;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9U;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBU;
    return x ^ (x >> 31);
}

/* 2^n × 2^f with f in [-0.5, 0.5], the latter by its Taylor series: relative error below 1e-10. */
double synth_exp(double x)
{
    double y = x * 1.4426950408889634;
    if (y < -1000)
        return 0;
    if (y > 1000)
        y = 1000;
    int64_t n = (int64_t)(y < 0 ? y - 0.5 : y + 0.5);
    double f = (y - (double)n) * 0.6931471805599453;
    double p =
        1 + f * (1 + f * (1 / 2.0 + f * (1 / 6.0 + f * (1 / 24.0 + f * (1 / 120.0 + f * (1 / 720.0 + f / 5040.0))))));
    uint64_t bits = (uint64_t)(n + 1023) << 52;
    double power;
    memcpy(&power, &bits, sizeof power);
    return p * power;
}

/* Exponent, and the mantissa m in [1, 2) by 2 artanh((m − 1) / (m + 1)). */
double synth_ln(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    double exponent = (double)((int64_t)(bits >> 52 & 0x7FF) - 1023);
    bits = (bits & 0xFFFFFFFFFFFFFU) | (uint64_t)1023 << 52;
    memcpy(&x, &bits, sizeof x);
    double z = (x - 1) / (x + 1), zz = z * z, term = z, sum = 0;
    for (int i = 1; i < 36; i += 2) {
        sum += term / i;
        term *= zz;
    }
    return exponent * 0.6931471805599453 + 2 * sum;
}

/* Acklam's rational approximation, relative error below 1.2e-9; sqrt is exact by IEEE 754. */
double synth_normal_quantile(double p)
{
    static const double a[] = {-3.969683028665376e+01, 2.209460984245205e+02,  -2.759285104469687e+02,
                               1.383577518672690e+02,  -3.066479806614716e+01, 2.506628277459239e+00};
    static const double b[] = {-5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02,
                               6.680131188771972e+01, -1.328068155288572e+01};
    static const double c[] = {-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00,
                               -2.549732539343734e+00, 4.374664141464968e+00,  2.938163982698783e+00};
    static const double d[] = {7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00,
                               3.754408661907416e+00};
    if (p > 0.5)
        return -synth_normal_quantile(1 - p);
    if (p < 0.02425) {
        double q = sqrt(-2 * synth_ln(p));
        return (((((c[0] * q + c[1]) * q + c[2]) * q + c[3]) * q + c[4]) * q + c[5]) /
               ((((d[0] * q + d[1]) * q + d[2]) * q + d[3]) * q + 1);
    }
    double q = p - 0.5, r = q * q;
    return (((((a[0] * r + a[1]) * r + a[2]) * r + a[3]) * r + a[4]) * r + a[5]) * q /
           (((((b[0] * r + b[1]) * r + b[2]) * r + b[3]) * r + b[4]) * r + 1);
}
