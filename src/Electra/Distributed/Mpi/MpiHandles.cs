using System.Runtime.InteropServices;

namespace Electra.Distributed;

/// <summary>The constants of an MPI library that are in use here.</summary>
/// <param name="World">MPI_COMM_WORLD</param>
/// <param name="Float">MPI_FLOAT</param>
/// <param name="Double">MPI_DOUBLE</param>
/// <param name="Byte">MPI_BYTE</param>
/// <param name="Int64">MPI_INT64_T</param>
/// <param name="Sum">MPI_SUM</param>
/// <param name="InPlace">MPI_IN_PLACE</param>
/// <param name="StatusIgnore">MPI_STATUS_IGNORE</param>
internal sealed record MpiHandles(nint World, nint Float, nint Double, nint Byte, nint Int64, nint Sum, nint InPlace, nint StatusIgnore)
{
    /// <summary>Those of a loaded library.</summary>
    public static MpiHandles Of(MpiAbi abi, nint library)
    {
        nint At(string name) => NativeLibrary.GetExport(library, name);
        return abi switch
        {
            MpiAbi.OpenMpi => new(
                At("ompi_mpi_comm_world"), At("ompi_mpi_float"), At("ompi_mpi_double"), At("ompi_mpi_byte"), At("ompi_mpi_int64_t"), At("ompi_mpi_op_sum"),
                InPlace: 1, StatusIgnore: 0),
            MpiAbi.Mpich => new(0x44000000, 0x4c00040a, 0x4c00080b, 0x4c00010d, 0x4c00083a, 0x58000003, InPlace: -1, StatusIgnore: 1),
            _ => new(0x101, 0x210, 0x214, 0x247, 0x258, 0x21, InPlace: 1, StatusIgnore: 0),
        };
    }
}
