namespace Electra.Distributed;

/// <summary>How an MPI library's handles look, of which there are three kinds.</summary>
internal enum MpiAbi
{
    /// <summary>Open MPI: addresses of the library's own objects.</summary>
    OpenMpi,

    /// <summary>MPICH, and whatever keeps its binary interface: Intel MPI, MVAPICH, Cray MPICH. 32-bit numbers.</summary>
    Mpich,

    /// <summary>The standard's own, from MPI 5 on: small numbers in pointers.</summary>
    Standard,
}
